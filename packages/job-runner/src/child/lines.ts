import type { Readable } from 'node:stream';

/**
 * No line that is meant is as long, and whatever writes it is not to take this process's memory, nor its time. In
 * characters.
 */
const longestLine = 8 * 1024 * 1024;

/**
 * The lines of a stream, which is read only as fast as they are taken. What follows the last line feed is none.
 * @throws Error for a line that is too long
 */
export async function* linesOf(stream: Readable, most = longestLine): AsyncGenerator<string> {
  let begun: string[] = [];
  let length = 0;
  for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
    const [rest = '', ...following] = chunk.split('\n');
    begun.push(rest);
    length += rest.length;
    if (length > most) throw new Error(`expected lines of at most ${most} characters, found a longer one`);
    for (const next of following) {
      yield begun.join('');
      begun = [next];
      length = next.length;
    }
  }
}
