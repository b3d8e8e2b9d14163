import type { Transform } from 'node:stream';
import type { FileCursor } from '../bgzf/file-cursor.ts';

/** A decompressor of node:zlib for one member or frame. */
export type Engine = Transform & { readonly bytesWritten: number };

/** Small enough that an error can tell where a file is damaged, large enough that the cost of a call vanishes. */
const feedSize = 64 * 1024;

/** Resolves when the engine has taken a chunk, or takes no more of any. */
const written = (engine: Engine, chunk: Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      engine.off('close', done);
      resolve();
    };
    engine.once('close', done);
    engine.write(chunk, done);
  });

/** Gives the engine bytes until it has reached its end, which shows in that it leaves some. */
async function feed(engine: Engine, cursor: FileCursor): Promise<void> {
  const start = cursor.offset;
  while (!engine.destroyed) {
    const bytes = (await cursor.peek(feedSize)).subarray(0, feedSize);
    if (bytes.length === 0) {
      engine.end();
      return;
    }
    cursor.offset += bytes.length;
    await written(engine, bytes);
    if (start + engine.bytesWritten < cursor.offset) return;
  }
}

/**
 * What an engine makes of the bytes from the cursor on, as far as one member or frame reaches, held back until the
 * reader wants more. Afterwards the cursor stands behind what the engine took.
 * @throws FormatError MALFORMED, with an offset that is at most 64 KiB before the damage
 */
export async function* throughEngine(
  engine: Engine,
  cursor: FileCursor,
  tell: (consumed: number) => void,
): AsyncGenerator<Uint8Array> {
  const start = cursor.offset;
  const feeding = feed(engine, cursor).catch((error: unknown) => {
    engine.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const chunk of engine) {
      tell(start + engine.bytesWritten);
      yield chunk;
    }
  } catch (error) {
    throw explained(error, cursor, start + engine.bytesWritten);
  } finally {
    engine.destroy();
    await feeding;
  }
  cursor.offset = start + engine.bytesWritten;
  tell(cursor.offset);
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

const explained = (error: unknown, cursor: FileCursor, offset: number): unknown => {
  const code = codeOf(error);
  if (code === 'Z_BUF_ERROR') return truncated(cursor);
  if (!code.startsWith('Z_') && !code.startsWith('ZSTD_')) return error;
  const text =
    'the compressed data here or soon after are damaged; get the file again from where it came from';
  return cursor.malformed(`${text} (${String(error)})`, offset, error);
};

/** The error about a file that ends too early. */
export const truncated = (cursor: FileCursor): Error =>
  cursor.malformed(
    'the file ends within compressed data: it is incomplete; get it again from where it came from',
    cursor.end,
  );
