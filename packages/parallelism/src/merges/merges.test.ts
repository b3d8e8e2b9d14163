import { describe, expect, it } from 'vitest';
import { merges } from './built-in-merges.ts';
import { chooseMerge } from './choose-merge.ts';
import { concat } from './concat.ts';
import { mergeForFileName } from './merge-for-file-name.ts';
import { mergeNamed, readyMerge } from './merges.ts';

describe('mergeNamed', () => {
  it('finds every merge by its name', () => {
    for (const merge of merges) expect(mergeNamed(merge.name)).toBe(merge);
  });

  it('lists the known merges when it knows none of this name', () => {
    expect(() => mergeNamed('cat')).toThrow(
      `[UNKNOWN_MERGE] there is no merge "cat"; there are: ${merges.map(({ name }) => name).join(', ')}`,
    );
  });
});

describe('mergeForFileName', () => {
  it.each([
    'hits.tsv',
    'genes.fa',
    'a.gff3',
    'a.bed.gz',
    'noextension',
    'x.constructor',
    'a.unheard-of',
    '/tmp/x.bam/hits',
  ])('joins %s byte by byte', (name) => {
    expect(mergeForFileName(name)).toBe(concat);
  });

  it.each(
    [
      'a.bam',
      'A.BAM',
      'a.sam',
      'a.cram',
      'calls.vcf',
      'calls.vcf.gz',
      'a.bcf',
      'a.xml',
      'a.json',
      'a.h5',
    ].concat(['a.zip', 'a.tar.gz', 'a.xlsx', 'a.parquet', 'a.sqlite', 'a.bw', 'a.bai']),
  )('has no merge for %s and says how to force one', (name) => {
    expect(() => mergeForFileName(name)).toThrow(
      /^\[NO_MERGE\] .*there is no merge for \.\w+ files yet.*--merge concat forces it$/,
    );
  });
});

describe('chooseMerge', () => {
  it.each([
    ['a.bam', undefined, { merge: 'bam' }],
    ['A.SAM', undefined, { merge: 'sam' }],
    ['calls.vcf.gz', undefined, { merge: 'vcf' }],
    ['calls.bcf', undefined, { merge: 'vcf' }],
    ['t.csv.zst', undefined, { merge: 'header', parameters: { format: 'csv' } }],
    ['t.gff', undefined, { merge: 'header', parameters: { format: 'gff3' } }],
    ['t.fa.gz', undefined, { merge: 'lines' }],
    ['t.txt', undefined, { merge: 'lines' }],
    ['noextension', undefined, { merge: 'concat' }],
    ['trees.nwk', undefined, { merge: 'concat' }],
    ['reads.fq.bz2', undefined, { merge: 'lines' }],
    ['output.dat', 'unsorted.bam', { merge: 'bam' }],
    ['output.dat', 'vcf_bgzip', { merge: 'vcf' }],
    ['output.dat', 'blastxml', { merge: 'blastxml' }],
    ['output.dat', 'tabular', { merge: 'header', parameters: { format: 'tabular' } }],
    ['output.dat', 'bed12', { merge: 'header', parameters: { format: 'bed' } }],
    ['output.dat', 'fastqsanger.gz', { merge: 'lines' }],
    ['x.bam', 'txt', { merge: 'lines' }],
  ])('joins %s of datatype %s as %j', (fileName, datatype, choice) => {
    expect(chooseMerge({ fileName, datatype })).toEqual(choice);
    expect(() => readyMerge(choice)).not.toThrow();
  });

  it.each([
    ['a.cram', undefined],
    ['a.xml', undefined],
    ['output.dat', 'h5'],
    ['output.dat', 'html'],
  ])('has no merge for %s of datatype %s', (fileName, datatype) => {
    expect(() => chooseMerge({ fileName, datatype })).toThrow('[NO_MERGE]');
  });
});
