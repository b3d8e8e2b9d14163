import { open } from 'node:fs/promises';
import { codeOf } from './code-of.ts';
import { carefully } from './write-out.ts';

/** The first bytes of a file, as text of as many characters; `undefined` if it is not there. */
export async function readStart(file: string, maximumBytes: number): Promise<string | undefined> {
  const handle = await open(file, carefully).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  });
  if (!handle) return undefined;
  const { buffer, bytesRead } = await handle
    .read(Buffer.alloc(maximumBytes), 0, maximumBytes, 0)
    .finally(() => handle.close());
  return buffer.toString('latin1', 0, bytesRead);
}
