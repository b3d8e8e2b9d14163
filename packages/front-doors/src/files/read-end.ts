import { FrontDoorError } from '../access/front-door-error.ts';
import { openInside } from './open-inside.ts';

/**
 * The last bytes of a text file inside `roots`, as text; what was cut off in the middle of a character is left out.
 * `''` if there is no such file, or it may not be read.
 */
export async function readEnd(roots: readonly string[], path: string, maximumBytes: number): Promise<string> {
  const file = await openInside(roots, path).catch((error: unknown) => {
    if (error instanceof FrontDoorError) return undefined;
    throw error;
  });
  if (!file) return '';
  try {
    const length = Math.min(file.size, maximumBytes);
    if (length === 0) return '';
    const { buffer, bytesRead } = await file.handle.read({
      buffer: Buffer.alloc(length),
      position: file.size - length,
    });
    const bytes = buffer.subarray(0, bytesRead);
    return bytes.subarray(length < file.size ? startOfCharacter(bytes) : 0).toString('utf8');
  } finally {
    await file.handle.close();
  }
}

/** Where the first whole character of UTF-8 begins; bytes that go on with one are 10xxxxxx, three at most. */
function startOfCharacter(bytes: Uint8Array): number {
  let start = 0;
  while (start < 3 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return start;
}
