import { type Compression, openDecoded, type RecordFormat, scanRecords } from '@galaxy-mesos/formats';
import { expectMarker } from '../files/bgzf-body.ts';
import { type NumberedPart, wrongPart } from '../files/name-part.ts';

/** What of the result of a part is header, and what are records. */
export interface PartFrame {
  readonly part: NumberedPart;
  readonly compression: Compression;
  /** What precedes and follows records in a file of the format; see `Frame` of the package formats. */
  readonly header: Uint8Array;
  readonly footer: Uint8Array;
  /** Where the records begin, in bytes of the decompressed content. */
  readonly from: number;
  /** Where they end; `undefined`: where the content ends. */
  readonly to: number | undefined;
  /** Nothing is in it, not even a header. */
  readonly isEmpty: boolean;
}

/** Reads no further than to the first record, unless the format has something after the last one. */
export const readFrame = async (
  part: NumberedPart,
  format: RecordFormat,
  signal: AbortSignal | undefined,
): Promise<PartFrame> => {
  await using source = await openDecoded(part.path, { signal });
  const { compression } = source;
  if (compression === 'bgzf') await expectMarker(part.path, signal);
  const scan = scanRecords(format, source);
  let first: number | undefined;
  for await (const starts of scan.starts) {
    first ??= starts[0];
    if (first !== undefined && scan.frame.footer.length === 0) break;
  }
  const { footer } = scan.frame;
  const to = scan.bodyEnd;
  const isEmpty = first === undefined && to === 0;
  if (first === undefined && gff.has(format.name)) {
    const header = directivesOf(scan.frame.header);
    return { part, compression, header, footer, from: header.length, to, isEmpty };
  }
  const { header } = scan.frame;
  const from = header.length === 0 ? 0 : (first ?? to ?? 0);
  return { part, compression, header, footer, from, to, isEmpty };
};

const gff = new Set(['gff3', 'gtf']);

/** Up to the last directive: behind it a program that has found nothing may say so, for this part alone. */
const directivesOf = (header: Uint8Array): Uint8Array => {
  const lines = `\n${Buffer.from(header).toString('latin1')}`;
  const last = Math.max(lines.lastIndexOf('\n##'), lines.lastIndexOf('\n#!'));
  if (last === -1) return header.subarray(0, 0);
  const end = lines.indexOf('\n', last + 1);
  return end === -1 ? header : header.subarray(0, end);
};

/** As much of what follows the records as is looked at. */
const longestRest = 1024 * 1024;

/** What follows the records in the file. */
const restOf = async ({ part, to = 0 }: PartFrame, signal: AbortSignal | undefined): Promise<string> => {
  await using source = await openDecoded(part.path, { signal });
  const found: Uint8Array[] = [];
  let offset = 0;
  for await (const chunk of source) {
    const from = Math.max(0, to - offset);
    if (from < chunk.length) found.push(chunk.slice(from));
    offset += chunk.length;
    if (offset - to > longestRest) break;
  }
  return Buffer.concat(found).toString('latin1');
};

/** What may follow the records, of each format with a footer; all else would be lost, because a part cannot have it. */
const mayFollow: Readonly<
  Record<string, { readonly rest: (rest: string) => boolean; readonly found: string }>
> = {
  nexus: {
    rest: (rest) => /^\s*end(?:block)?\s*;\s*$/i.test(rest),
    found: 'has more behind its trees than the end of their block',
  },
  mzml: {
    rest: (rest) => !rest.includes('<chromatogram'),
    found: 'has chromatograms, which are of a whole run',
  },
  pdb: { rest: (rest) => /^\s*END\s*$/.test(rest), found: 'has more behind its models than END' },
};

/** The frame without a footer, if the file has none; refuses a part with more behind its records than that. */
export const withOwnFooter = async (
  frame: PartFrame,
  { name }: RecordFormat,
  signal: AbortSignal | undefined,
): Promise<PartFrame> => {
  if (frame.footer.length === 0) return frame;
  const rest = await restOf(frame, signal);
  if (rest === '') return { ...frame, footer: new Uint8Array(0), to: undefined };
  const expected = mayFollow[name];
  if (expected === undefined || expected.rest(rest)) return frame;
  const text = `${expected.found}: that stands once in the result, and cannot be united; write it to another file`;
  throw wrongPart(frame.part, text, { offset: frame.to });
};
