import { detectCompression, FormatError, openDecoded } from '@galaxy-mesos/formats';
import { openCram } from './cram-input.ts';
import { openFasta } from './fasta-input.ts';
import type { IndexedInput, InputFile } from './indexed-input.ts';
import { openSorted } from './sorted-input.ts';

/** Opens an input by what its bytes are, whatever its name is: Galaxy's have none that tells. */
export async function openIndexed(input: InputFile, fasta: string | undefined): Promise<IndexedInput> {
  const compression = await detectCompression(input.path, { signal: input.signal });
  const beginning = await readBeginning(input);
  if (beginning.startsWith('CRAM')) return openCram(input, fasta);
  if (beginning.trimStart().startsWith('>') && (compression === 'bgzf' || compression === 'none')) {
    return openFasta(input);
  }
  if (compression === 'bgzf' && beginning.startsWith('BAM\x01')) return openSorted(input, 'bam');
  if (compression === 'bgzf' && beginning.startsWith('BCF\x02')) return openSorted(input, 'bcf');
  if (compression === 'bgzf') return openSorted(input, 'lines');
  const advice =
    compression === 'gzip'
      ? 'a file in gzip: decompress it, and compress it with bgzip'
      : beginning === ''
        ? 'an empty file'
        : 'something else: compress lines with bgzip, and index them with tabix';
  const expected = 'expected BAM, CRAM, BCF, FASTA, or sorted lines (VCF, BED, GFF) compressed by bgzip';
  throw new FormatError('MALFORMED', `${expected}, found ${advice}`, { path: input.path });
}

async function readBeginning({ path, signal }: InputFile): Promise<string> {
  await using source = await openDecoded(path, { signal });
  for await (const chunk of source)
    if (chunk.length > 0) return Buffer.from(chunk.subarray(0, 64)).toString('latin1');
  return '';
}
