import { expectMarker } from '../bgzf/concat-blocks.ts';
import { cutBlocks, endOfBlocks } from '../bgzf/cut-blocks.ts';
import { endOfFileMarker } from '../bgzf/deflate-blocks.ts';
import type { RandomAccessFile } from '../bgzf/file-cursor.ts';
import type { Piece } from '../bgzf/pieces.ts';
import { FormatError } from '../format-error.ts';
import { quoteText } from '../signatures.ts';
import { type BamHeader, readBamHeader } from './bam-header.ts';

/** Lines that tell how a file was made, which differ between parts though their records agree. */
const isAboutMaking = (line: string): boolean => /^@(?:PG|CO)(?:\t|$)/.test(line);

const meaningOf = ({ text }: BamHeader): string[] =>
  text.split('\n').filter((line) => line !== '' && !isAboutMaking(line));

const firstDifference = (first: BamHeader, other: BamHeader): string | undefined => {
  if (first.references.length !== other.references.length) {
    return `${other.references.length} references in the place of ${first.references.length}`;
  }
  for (const [index, { name, length }] of first.references.entries()) {
    const found = other.references[index];
    if (found?.name === name && found.length === length) continue;
    return `reference ${found?.name} of ${found?.length} bases in the place of ${name} of ${length}`;
  }
  const [expected, found] = [meaningOf(first), meaningOf(other)];
  const at = expected.findIndex((line, index) => line !== found[index]);
  if (at === -1 && expected.length === found.length) return undefined;
  const line = at === -1 ? expected.length : at;
  return `${quoteText(found[line] ?? '')} in the place of ${quoteText(expected[line] ?? '')}`;
};

const expectSameHeader = (first: BamHeader, other: BamHeader, files: readonly [string, string]): void => {
  const difference = firstDifference(first, other);
  if (difference === undefined) return;
  const text = `expected the header of ${files[0]}, found ${difference}; join such files with \`samtools merge\``;
  throw new FormatError('MALFORMED', text, { path: files[1], offset: 0 });
};

/**
 * One BAM file of several, one after the other, without compressing anything anew but the block in which a header ends:
 * the header of the first, all records in order, one end-of-file marker. Parts of a sorted file, in their order, make a
 * sorted file again.
 *
 * The headers must agree but for `@PG` and `@CO` lines, of which those of the first file are kept: records refer to
 * references by their number, and to read groups by their name.
 * @throws FormatError MALFORMED if they do not agree, or a file is incomplete
 */
export const concatBam = async (files: readonly RandomAccessFile[]): Promise<readonly Piece[]> => {
  const pieces: Piece[] = [];
  let first: { readonly header: BamHeader; readonly path: string } | undefined;
  for (const file of files) {
    await expectMarker(file);
    const header = await readBamHeader(file);
    if (first !== undefined) expectSameHeader(first.header, header, [first.path, file.path]);
    const from = first === undefined ? { block: 0, within: 0 } : header.end;
    first ??= { header, path: file.path };
    pieces.push(...(await cutBlocks(file, from, { block: await endOfBlocks(file), within: 0 })));
  }
  if (first === undefined) throw new FormatError('OUT_OF_RANGE', 'expected at least one BAM file to join');
  return [...pieces, { bytes: endOfFileMarker }];
};
