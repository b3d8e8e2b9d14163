import { compareOnBoth } from './comparison.ts';
import { makeAlignments, shell } from './made-reads.ts';

const prepare = (directory: string): void => {
  makeAlignments(directory);
  shell(
    `bedtools bamtobed -i reads.bam > reads.bed
    cut -f 1,2 genome.fa.fai > genome.sizes
    bedtools makewindows -g genome.sizes -w 500 -s 170 > windows.bed
    bgzip -k reads.bed; tabix reads.bed.gz`,
    directory,
  );
};

compareOnBoth('bedtools', { programs: ['bedtools', 'bwa', 'samtools', 'bgzip', 'tabix'], prepare }, [
  {
    what: 'an intersection',
    inputs: { reads: 'reads.bed', windows: 'windows.bed' },
    how: ['--size', '2000'],
    command: 'bedtools intersect -a {reads} -b {windows} -wao -f 0.9 > {output}',
    output: 'both.bed',
    parts: 4,
  },
  {
    what: 'coverage',
    inputs: { windows: 'windows.bed', reads: 'reads.bed' },
    how: ['--parts', '3'],
    command: 'bedtools coverage -a {windows} -b {reads} > {output}',
    output: 'coverage.bed',
    parts: 3,
  },
  {
    what: 'merged intervals, by contig',
    inputs: { reads: 'reads.bed.gz' },
    how: ['--strategy', 'regions', '--set', 'by=contig', '--set', 'together=false'],
    command: 'bedtools merge -i {reads} -c 5 -o mean > {output}',
    output: 'merged.bed',
  },
  {
    what: 'intervals of alignments, by blocks',
    inputs: { reads: 'reads.bam' },
    how: ['--strategy', 'blocks', '--set', 'size=1700'],
    command: 'bedtools bamtobed -cigar -i {reads} > {output}',
    output: 'reads.bed',
    parts: 5,
  },
]);
