import { type FileHandle, open } from 'node:fs/promises';

const blockBytes = 256 * 1024;

/** Whether two files hold the same; one that is not there holds nothing that anything else does. */
export async function haveSameBytes(one: string, other: string): Promise<boolean> {
  await using first = await openIfThere(one);
  await using second = await openIfThere(other);
  if (!first || !second || (await first.stat()).size !== (await second.stat()).size) return false;
  const [left, right] = [Buffer.alloc(blockBytes), Buffer.alloc(blockBytes)];
  for (;;) {
    const { bytesRead } = await first.read(left);
    if (bytesRead === 0) return true;
    await readFully(second, right, bytesRead);
    if (!left.subarray(0, bytesRead).equals(right.subarray(0, bytesRead))) return false;
  }
}

async function readFully(handle: FileHandle, buffer: Buffer, length: number): Promise<void> {
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(buffer, done, length - done);
    if (bytesRead === 0) return;
    done += bytesRead;
  }
}

const openIfThere = (file: string): Promise<FileHandle | undefined> => open(file, 'r').catch(() => undefined);
