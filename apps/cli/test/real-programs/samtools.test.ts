import { compareOnBoth } from './comparison.ts';
import { makeAlignments, shell } from './made-reads.ts';

const reads = 'reads.bam';
const genome = 'genome.fa';

const prepare = (directory: string): void => {
  makeAlignments(directory);
  shell('samtools view -C -T genome.fa -o reads.cram reads.bam; samtools index reads.cram', directory);
};

const blocks = ['--strategy', 'blocks', '--set', 'parts=5'];
const regions = ['--strategy', 'regions', '--set', 'whole=true'];

/** The header's lines that tell of command lines say which files were read. */
const withoutCommandLines = 'samtools view -h --no-PG - | grep -v ^@PG';

compareOnBoth('samtools', { programs: ['samtools', 'bwa'], prepare }, [
  {
    what: 'flagstat, its counts added up',
    inputs: { reads },
    how: [
      ...blocks,
      '--merge',
      'sum',
      '--merge-set',
      'keys=[3]',
      '--merge-set',
      'values=[{"column":1},{"column":2}]',
    ],
    // Percentages cannot be added up.
    command: 'samtools flagstat -O tsv {reads} | grep -v %',
    output: 'flagstat.tsv',
    meaning: "awk -F '\\t' '{ print $1 FS $2 FS $3 }' | sort",
    parts: 5,
  },
  {
    what: 'the number of reads, added up over blocks',
    inputs: { reads },
    how: [...blocks, '--merge', 'sum'],
    command: 'samtools view -c -F 4 {reads} > {output}',
    output: 'count.txt',
    parts: 5,
  },
  {
    what: 'a filter of BAM, by blocks',
    inputs: { reads },
    how: blocks,
    command: 'samtools view -b -q 30 -o {output} {reads}',
    output: 'good.bam',
    meaning: withoutCommandLines,
    parts: 5,
  },
  {
    what: 'a filter of BAM, by regions',
    inputs: { reads },
    how: ['--strategy', 'regions', '--set', 'parts=5'],
    command: 'samtools view -b -q 30 -o {output} {reads}',
    output: 'good.bam',
    meaning: withoutCommandLines,
  },
  {
    what: 'sorting by name, as BAM',
    inputs: { reads },
    how: blocks,
    command: 'samtools sort -n -o {output} {reads}',
    output: 'by-name.bam',
    meaning: withoutCommandLines,
  },
  {
    what: 'depth, by windows',
    inputs: { reads },
    how: [...regions, '--set', 'window=7000'],
    command: 'samtools depth -r {region} {reads} > {output}',
    wholeCommand: 'samtools depth {reads} > {output}',
    output: 'depth.tsv',
  },
  {
    what: 'depth, by equal work, also of what has no reads',
    inputs: { reads },
    how: [...regions, '--set', 'parts=9'],
    // Between quotes, as most people write it.
    command: 'samtools depth -a -r "{region}" "{reads}" > {output}',
    wholeCommand: 'samtools depth -aa {reads} > {output}',
    output: 'depth.tsv',
  },
  {
    what: 'mpileup, by contig',
    inputs: { reads, genome },
    how: [...regions, '--set', 'by=contig'],
    command: 'samtools mpileup -B -f {genome} -r {region} {reads} 2>log > {output}',
    wholeCommand: 'samtools mpileup -B -f {genome} {reads} 2>log > {output}',
    output: 'pileup.tsv',
    parts: 10,
  },
  {
    what: 'a filter of CRAM, by regions',
    inputs: { reads: 'reads.cram', genome },
    how: [
      ...['--strategy', 'regions', '--set', 'parts=4', '--set', 'reference={directory}/genome.fa'],
      ...['--merge', 'cram', '--merge-set', 'sorted=coordinate'],
      ...['--merge-set', 'reference={directory}/genome.fa'],
    ],
    command: 'samtools view -C -T {genome} -q 30 -o {output} {reads}',
    output: 'good.cram',
    meaning: withoutCommandLines,
  },
]);
