import { describe, expect, it } from 'vitest';
import { concat } from './concat.ts';
import { mergeForFileName } from './merge-for-file-name.ts';
import { mergeNamed, merges } from './merges.ts';

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
