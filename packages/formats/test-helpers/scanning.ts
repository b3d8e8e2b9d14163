import fc from 'fast-check';
import { expect } from 'vitest';
import { FormatError } from '../src/format-error.ts';
import type { RecordFormat } from '../src/record-format.ts';
import { scanRecords } from '../src/record-scan.ts';

/** What was found in a file, as text of one character for each byte. */
export interface Scanned {
  readonly starts: readonly number[];
  readonly header: string;
  readonly footer: string;
  readonly bodyEnd: number;
}

type Content = string | Uint8Array;

const bytesOf = (content: Content): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content, 'latin1') : content;

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Chunks whose memory is used for something else as soon as the next is asked for. */
async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) {
    const chunk = Buffer.from(bytes.subarray(from, from + size));
    yield chunk;
    chunk.fill('>');
  }
}

/** Looks for the records of a file that comes in chunks of this size. */
export const scan = async (format: RecordFormat, content: Content, chunkSize = 7): Promise<Scanned> => {
  const found = scanRecords(format, inChunks(bytesOf(content), chunkSize));
  const starts = (await Array.fromAsync(found.starts)).flat();
  const { header, footer } = found.frame;
  return { starts, header: textOf(header), footer: textOf(footer), bodyEnd: found.bodyEnd ?? -1 };
};

/** The error with which a file is refused. */
export const refusal = async (
  format: RecordFormat,
  content: Content,
  chunkSize = 7,
): Promise<FormatError> => {
  const error = await scan(format, content, chunkSize).then(
    (found) => new Error(`accepted: ${JSON.stringify(found)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof FormatError) return error;
  throw error;
};

/** The records of a file, one by one; what precedes the first is the first's where there is no header. */
export const recordsIn = (text: string, { starts, header, bodyEnd }: Scanned): string[] => {
  const begins = starts.map((start, index) => (index === 0 && header === '' ? 0 : start));
  return begins.map((begin, index) => text.slice(begin, begins[index + 1] ?? bodyEnd));
};

/** Sizes of chunks that meet every boundary. */
export const anyChunkSize = fc.integer({ min: 1, max: 60 });

/**
 * What holds of every file: no byte is lost between the first record and the last, and any run of its records with the
 * frame around it is again a file of the format with just these records.
 */
export const expectParts = async (
  format: RecordFormat,
  text: string,
  found: Scanned,
  cut: number,
): Promise<void> => {
  const records = recordsIn(text, found);
  const beginning = found.header === '' ? 0 : (found.starts[0] ?? found.bodyEnd);
  expect(text.slice(0, beginning) + records.join('') + text.slice(found.bodyEnd)).toBe(text);
  if (records.length === 0) return;
  const middle = cut % (records.length + 1);
  for (const part of [records.slice(0, middle), records.slice(middle)]) {
    // Nobody makes parts without records.
    if (part.length === 0) continue;
    const file = found.header + part.join('') + found.footer;
    const again = await scan(format, file, 1000);
    expect(recordsIn(file, again)).toEqual(part);
  }
};

const anyMutation = fc.record({
  at: fc.nat(),
  remove: fc.integer({ min: 0, max: 30 }),
  insert: fc.string({
    unit: fc.constantFrom(...'\n\r\t ;,\'"[]{}()<>/$@+#=&AaTt10.'),
    maxLength: 3,
  }),
});

/** A valid file with some bytes taken out and others put in. */
export const damaged = (valid: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(valid, fc.array(anyMutation, { minLength: 1, maxLength: 3 })).map(([text, mutations]) =>
    mutations.reduce((present, { at, remove, insert }) => {
      const from = at % (present.length + 1);
      return present.slice(0, from) + insert + present.slice(from + remove);
    }, text),
  );

const outcome = async (format: RecordFormat, text: string, chunkSize: number): Promise<unknown> => {
  try {
    return await scan(format, text, chunkSize);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expect(error.code).toBe('MALFORMED');
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.offset).toBeLessThanOrEqual(text.length);
    return { message: error.message };
  }
};

/** A file of whatever bytes is refused with its place or loses none of them; how its bytes arrive makes no difference. */
export const expectSafety = async (format: RecordFormat, text: string, chunkSize: number): Promise<void> => {
  const found = await outcome(format, text, chunkSize);
  expect(found).toEqual(await outcome(format, text, text.length + 1));
  if (!isScanned(found)) return;
  const inOrder = [...found.starts].sort((one, other) => one - other);
  expect(found.starts).toEqual([...new Set(inOrder)]);
  const beginning = found.header === '' ? 0 : (found.starts[0] ?? found.bodyEnd);
  expect(text.slice(0, beginning) + recordsIn(text, found).join('')).toBe(
    text.slice(0, found.starts.length === 0 ? beginning : found.bodyEnd),
  );
  expect(found.bodyEnd).toBeLessThanOrEqual(text.length);
};

const isScanned = (found: unknown): found is Scanned =>
  typeof found === 'object' && found !== null && 'starts' in found;
