import { describe, expect, it } from 'vitest';
import { detectFormat, formatForDatatype } from './detect-format.ts';
import { recordFormats } from './record-formats.ts';

const told = (detected: ReturnType<typeof detectFormat>): string | undefined =>
  detected && `${detected.format.name} ${detected.compression}`;

describe('detectFormat', () => {
  it.each([
    ['/data/run.1/reads.fastq.gz', 'fastq gzip'],
    ['READS.FQ', 'fastq none'],
    ['calls.vcf.bgz', 'vcf bgzf'],
    ['genes.fa.bz2', 'fasta bzip2'],
    ['table.tsv.zst', 'tsv zstd'],
    ['a.gff3.xz', 'gff3 xz'],
    ['calls.vcf_bgzip', 'vcf bgzf'],
  ])('tells the format and the compression of %s', (name, expected) => {
    expect(told(detectFormat(name))).toBe(expected);
  });

  it('knows nothing of names without a known extension', () => {
    for (const name of ['reads', 'reads.gz', 'fastq', 'x.bam', '/runs.fa/reads', '/runs.fa/gz', '']) {
      expect(detectFormat(name)).toBeUndefined();
    }
  });

  it('goes by the datatype where it is known, and by the name where it is not', () => {
    expect(told(detectFormat('dataset_12.dat', 'fastqsanger.gz'))).toBe('fastq gzip');
    expect(told(detectFormat('a.bed', 'interval'))).toBe('interval none');
    expect(told(detectFormat('a.bed', 'data'))).toBe('bed none');
  });
});

describe('formatForDatatype', () => {
  it.each([
    ['fastqillumina', 'fastq none'],
    ['fasta.gz', 'fasta gzip'],
    ['vcf_bgzip', 'vcf bgzf'],
    ['txt', 'text none'],
    ['nex', 'nexus none'],
    ['encodepeak', 'bed none'],
  ])('knows %s', (datatype, expected) => {
    expect(told(formatForDatatype(datatype))).toBe(expected);
  });
});

describe('names of formats', () => {
  it('are used once each: names, datatypes and extensions', () => {
    const names = recordFormats.flatMap(({ name, galaxyDatatypes }) => [
      ...new Set([name, ...galaxyDatatypes]),
    ]);
    expect(names.length).toBe(new Set(names).size);
    const extensions = recordFormats.flatMap(({ fileExtensions }) => fileExtensions);
    expect(extensions.length).toBe(new Set(extensions).size);
  });
});
