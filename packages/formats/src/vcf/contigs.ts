import { asBuffer } from '../bytes.ts';
import { openDecoded } from '../compression/open-decoded.ts';
import type { NamedReference } from '../indexes/work.ts';
import { firstByte, isBlank, startsWith } from '../lines/line.ts';
import { LineReader } from '../lines/line-reader.ts';
import { malformed } from '../malformed.ts';
import { quoteText } from '../signatures.ts';

const fieldNamed = (name: string): RegExp => new RegExp(`[<,]${name}=("(?:[^"\\\\]|\\\\.)*"|[^,>]*)`);
const idField = fieldNamed('ID');
const lengthField = fieldNamed('length');
const numberField = fieldNamed('IDX');

/** Far more than any assembly has: a list up to a number that is greater would fill the memory. */
const mostContigs = 10_000_000;

/** The sequences that lines of a VCF header declare: in its order, or by the numbers that BCF gives them (`IDX`). */
export const contigsOf = (lines: Iterable<string>): readonly NamedReference[] => {
  const contigs: NamedReference[] = [];
  for (const line of lines) {
    const name = line.startsWith('##contig=<') ? idField.exec(line)?.[1] : undefined;
    if (name === undefined) continue;
    const length = Number(lengthField.exec(line)?.[1]);
    const number = Number(numberField.exec(line)?.[1] ?? contigs.length);
    if (!(Number.isSafeInteger(number) && number >= 0 && number < mostContigs)) throw wrongNumber(line);
    contigs[number] = { name, length: Number.isSafeInteger(length) && length > 0 ? length : undefined };
  }
  // Numbers that no line has are of sequences that were taken out of the header.
  return Array.from(contigs, (contig) => contig ?? { name: '' });
};

const wrongNumber = (line: string): Error =>
  malformed(
    `found ${quoteText(line)}, expected numbers (IDX) from 0 to ${mostContigs - 1}: the header is damaged`,
    0,
  );

const hash = 0x23;
const contig = Buffer.from('##contig=<');

/** The sequences that the header of a VCF file declares, compressed or not; reads no further than that. */
export const readContigs = async (
  path: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly NamedReference[]> => {
  await using source = await openDecoded(path, { ...options, isFleeting: true });
  const lines: string[] = [];
  let isOver = false;
  const reader = new LineReader((line) => {
    if (!isOver && startsWith(line, contig)) lines.push(line.bytes.toString('utf8', line.from, line.to));
    else if (firstByte(line) !== hash && !isBlank(line)) isOver = true;
  });
  for await (const chunk of source) {
    reader.push(asBuffer(chunk));
    if (isOver) break;
  }
  reader.end();
  return contigsOf(lines);
};
