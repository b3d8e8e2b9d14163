import { describe, expect, it } from 'vitest';
import { merges } from './built-in-merges.ts';
import { chooseMerge } from './choose-merge.ts';
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
    ['x.constructor', undefined, { merge: 'concat' }],
    ['/tmp/x.bam/hits', undefined, { merge: 'concat' }],
    ['a.unheard-of', undefined, { merge: 'concat' }],
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
    ['a.xml', undefined],
    ['a.json.bz2', undefined],
    ['a.zip', undefined],
    ['a.tar.gz', undefined],
    ['a.parquet', undefined],
    ['a.bw', undefined],
    ['a.bai', undefined],
    ['output.dat', 'html'],
  ])('has no merge for %s of datatype %s, and says what to choose', (fileName, datatype) => {
    expect(() => chooseMerge({ fileName, datatype })).toThrow(
      /^\[NO_MERGE\] .*there is no merge for \.\w+ .*choose the merge collection/,
    );
  });

  it.each([
    ['a.cram', undefined, /choose the merge cram, and with its parameter sorted/],
    ['output.dat', 'h5', /choose the merge hdf5, which needs h5py/],
  ])('leaves %s of datatype %s to a merge that is named', (fileName, datatype, advice) => {
    expect(() => chooseMerge({ fileName, datatype })).toThrow(advice);
  });
});
