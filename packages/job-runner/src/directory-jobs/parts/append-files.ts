import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Writes files one after the other into one; those that are not there are passed over. */
export async function appendFiles(sources: readonly string[], destination: string): Promise<void> {
  for (const [index, source] of sources.entries()) {
    const flags = index === 0 ? 'w' : 'a';
    await pipeline(createReadStream(source), createWriteStream(destination, { flags })).catch(
      (error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      },
    );
  }
}
