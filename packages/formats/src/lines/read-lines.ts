import { asBuffer } from '../bytes.ts';
import { openDecoded } from '../compression/open-decoded.ts';
import { FormatError } from '../format-error.ts';
import { recogniseBinary } from '../signatures.ts';
import { LineReader } from './line-reader.ts';

/** Longer lines of a list that somebody has written are none. */
const mostBytes = 64 * 1024;

/**
 * The lines of a text, compressed or not, in batches, without their ends; at most as many bytes of it are in memory as a
 * chunk has. The line end after the last line begins no other one.
 * @throws FormatError MALFORMED if a line is too long, or this is no text
 */
export async function* readLines(
  path: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<readonly string[]> {
  await using source = await openDecoded(path, { ...options, isFleeting: true });
  let lines: string[] = [];
  let number = 0;
  const reader = new LineReader((line) => {
    number += 1;
    if (line.length > mostBytes) {
      const text = `found a line of ${line.length} bytes, expected at most ${mostBytes}`;
      throw new FormatError('MALFORMED', text, { path, line: number });
    }
    lines.push(line.bytes.toString('utf8', line.from, line.to));
  }, mostBytes);
  let isFirst = true;
  for await (const chunk of source) {
    const binary = isFirst ? recogniseBinary(chunk) : undefined;
    if (binary !== undefined) throw new FormatError('MALFORMED', binary, { path });
    isFirst = false;
    reader.push(asBuffer(chunk));
    yield lines;
    lines = [];
  }
  reader.end();
  yield lines;
}
