import { compareOnBoth } from './comparison.ts';
import { makeAlignments, shell } from './made-reads.ts';

const reads = 'reads.bam';
const genome = 'genome.fa';
const variants = 'variants.vcf.gz';

const prepare = (directory: string): void => {
  makeAlignments(directory);
  shell(
    `bcftools mpileup -f ${genome} ${reads} 2>log | bcftools call -m -v -Oz -o ${variants} 2>log; tabix ${variants}`,
    directory,
  );
};

const regions = ['--strategy', 'regions', '--set', 'whole=true'];

/** The header names the command and the day. */
const withoutCommandLines = "bcftools view --no-version - | grep -v '^##bcftools'";

const call = (region: string, target: string, form: string) =>
  `bcftools mpileup -f {genome} ${region} {reads} 2>log | bcftools call -m -v 2>log | bcftools view ${target} -O ${form} -o {output}`;

compareOnBoth('bcftools', { programs: ['bcftools', 'samtools', 'tabix', 'bwa'], prepare }, [
  {
    what: 'calls, by windows with an overlap that is left out where they are joined',
    inputs: { reads, genome },
    how: [...regions, '--set', 'window=6000', '--set', 'overlap=400'],
    command: call('-r {padded}', '', 'v'),
    wholeCommand: call('', '', 'v'),
    output: 'calls.vcf',
    meaning: withoutCommandLines,
  },
  {
    what: 'calls as compressed VCF, by contig',
    inputs: { reads, genome },
    how: [...regions, '--set', 'by=contig'],
    command: call('-r {region}', '', 'z'),
    wholeCommand: call('', '', 'z'),
    output: 'calls.vcf.gz',
    meaning: withoutCommandLines,
  },
  {
    what: 'calls as BCF, by equal work',
    inputs: { reads, genome },
    how: [...regions, '--set', 'parts=6', '--set', 'overlap=400'],
    command: call('-r {padded}', '-t {region}', 'b'),
    wholeCommand: call('', '', 'b'),
    output: 'calls.bcf',
    meaning: withoutCommandLines,
  },
  {
    what: 'a filter of compressed VCF, by regions',
    inputs: { variants },
    how: ['--strategy', 'regions', '--set', 'parts=5'],
    command: "bcftools view -i 'QUAL>60' -Oz -o {output} {variants}",
    output: 'good.vcf.gz',
    meaning: withoutCommandLines,
  },
  {
    what: 'what is left of all fields by a query',
    inputs: { variants },
    how: ['--strategy', 'regions', '--set', 'parts=5'],
    command: "bcftools query -f '%CHROM\\t%POS\\t%REF\\t%ALT\\t%DP[\\t%GT]\\n' {variants} > {output}",
    output: 'genotypes.tsv',
  },
]);
