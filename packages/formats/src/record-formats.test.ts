import { describe, expect, it } from 'vitest';
import { fasta } from './fasta/fasta.ts';
import { formatForFileName, recordFormatNamed, recordFormats } from './record-formats.ts';

describe('recordFormatNamed', () => {
  it('finds every format by its name', () => {
    for (const format of recordFormats) expect(recordFormatNamed(format.name)).toBe(format);
  });

  it('lists the known formats when it knows none of this name', () => {
    expect(() => recordFormatNamed('fastq2')).toThrow(
      '[UNKNOWN_FORMAT] there is no format "fastq2"; there are: fasta, fastq, text, ',
    );
  });
});

describe('formatForFileName', () => {
  it('goes by the last extension, in upper or lower case', () => {
    expect(formatForFileName('/data/run.1/Genes.FFN')).toBe(fasta);
    expect(formatForFileName('x.fa')).toBe(fasta);
  });

  it('knows nothing of a name without a known extension', () => {
    for (const name of ['reads', 'reads.fa.gz', 'fasta', '/runs.fa/reads', '']) {
      expect(formatForFileName(name)).toBeUndefined();
    }
  });
});
