import { compareOnBoth } from './comparison.ts';
import { fixture, makeAlignments, shell } from './made-reads.ts';

const prepare = (directory: string): void => {
  makeAlignments(directory);
  shell(
    'gzip -k -c forward.fq > forward.fq.gz; bgzip -c forward.fq > blocks.fq.gz; zstd -q forward.fq',
    directory,
  );
};

const genes = fixture('data/yeast-chromosome-3-genes.fasta');
const pair = { forward: 'forward.fq', reverse: 'reverse.fq' };
const pairs = ['--split', 'fastq', '--over', 'forward', '--over', 'reverse'];

compareOnBoth('seqtk', { programs: ['seqtk', 'bwa', 'samtools', 'bgzip', 'zstd'], prepare }, [
  {
    what: 'trimming of reads',
    inputs: { reads: 'forward.fq' },
    how: ['--size', '1000'],
    command: 'seqtk trimfq -q 0.02 {reads} > {output}',
    output: 'trimmed.fq',
    parts: 4,
  },
  {
    what: 'FASTA of reads in gzip',
    inputs: { reads: 'forward.fq.gz' },
    how: ['--parts', '3'],
    command: 'seqtk seq -A -r {reads} | gzip > {output}',
    output: 'reads.fa.gz',
    meaning: 'gzip -dc',
    parts: 3,
  },
  {
    what: 'masking of reads in BGZF',
    inputs: { reads: 'blocks.fq.gz' },
    how: ['--parts', '3'],
    command: 'seqtk seq -q 20 -n N {reads} | bgzip > {output}',
    output: 'masked.fq.gz',
    meaning: 'bgzip -dc',
    parts: 3,
  },
  {
    what: 'pairs that are laid between each other',
    inputs: pair,
    how: [...pairs, '--size', '700'],
    command: 'seqtk mergepe {forward} {reverse} > {output}',
    output: 'pairs.fq',
    parts: 6,
  },
]);

compareOnBoth('seqkit', { programs: ['seqkit', 'bwa', 'samtools', 'bgzip', 'zstd'], prepare }, [
  {
    what: 'numbers and lengths of reads in zstd',
    inputs: { reads: 'forward.fq.zst' },
    how: [
      ...[
        '--split',
        'fastq',
        '--parts',
        '4',
        '--merge',
        'sum',
        '--merge-set',
        'format=tsv',
        '--merge-set',
        'keys=[1,2]',
      ],
      ...[
        '--merge-set',
        'values=[{"column":3},{"column":4},{"column":5,"by":"min"},{"column":6,"by":"max"}]',
      ],
    ],
    // The mean is rounded: that of all cannot be had from those of parts.
    command: 'seqkit stats -j 1 -T {reads} | cut -f 2,3,4,5,6,8 > {output}',
    output: 'stats.tsv',
    parts: 4,
  },
  {
    what: 'translation of genes whose lines end in CRLF',
    inputs: { genes },
    how: ['--size', '30'],
    command: 'seqkit translate -j 1 --trim {genes} > {output}',
    output: 'proteins.fa',
    parts: 4,
  },
  {
    what: 'a search for motifs',
    inputs: { genes },
    how: ['--size', '30', '--merge', 'header', '--merge-set', 'format=tsv'],
    command: 'seqkit locate -j 1 -p GANTC -d {genes} > {output}',
    output: 'motifs.tsv',
    parts: 4,
  },
]);

/** Of all pairs, where bwa could else guess from each batch of them anew how far mates lie apart. */
const align = "bwa mem -v 1 -I 325,45,500,200 -R '@RG\\tID:one\\tSM:sample' {genome} {forward} {reverse}";
const noCommandLines = 'samtools view -h --no-PG - | grep -v ^@PG';

compareOnBoth('bwa mem', { programs: ['samtools', 'bwa', 'bgzip', 'zstd'], prepare }, [
  {
    what: 'alignments of pairs as SAM',
    inputs: { ...pair, genome: 'genome.fa' },
    how: [...pairs, '--parts', '4'],
    command: `${align} > {output}`,
    output: 'reads.sam',
    meaning: noCommandLines,
    parts: 4,
  },
  {
    what: 'sorted alignments of pairs as BAM',
    inputs: { ...pair, genome: 'genome.fa' },
    how: [...pairs, '--parts', '4'],
    command: `${align} | samtools sort -o {output} -`,
    output: 'reads.bam',
    meaning: noCommandLines,
    parts: 4,
  },
]);
