import { expect, test } from 'vitest';
import { datatypeOfFile } from './dataset-format.ts';

test.each([
  ['genes.fa', 'fasta'],
  ['reads.FQ.gz', 'fastq.gz'],
  ['notes.text', 'txt'],
  ['notes.txt', 'txt'],
  ['calls.vcf.gz', 'vcf_bgzip'],
  ['tree.nex', 'nex'],
  ['x.bam', 'bam'],
  ['x', 'data'],
])('%s is %s to Galaxy', (file, datatype) => {
  expect(datatypeOfFile(`/d/${file}`)).toBe(datatype);
});
