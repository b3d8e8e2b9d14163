import { appendFile, stat, writeFile } from 'node:fs/promises';
import type { FileRange, Sidecar } from '../strategy.ts';

/** Keeps what parts need in a file, for tests that carry the parts out. */
export const sidecarIn = async (path: string): Promise<Sidecar> => {
  await writeFile(path, '');
  return {
    async keep(bytes: Uint8Array): Promise<FileRange> {
      const { size } = await stat(path);
      await appendFile(path, bytes);
      return { path, offset: size, length: bytes.length };
    },
  };
};
