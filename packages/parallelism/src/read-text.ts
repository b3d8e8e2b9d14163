import { openDecoded } from '@galaxy-mesos/formats';

/**
 * A small text file, compressed or not; `undefined` if it has more bytes than that. What is no regular file is refused:
 * nobody waits for one who may never write into a pipe.
 */
export async function readText(
  path: string,
  mostBytes: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  await using source = await openDecoded(path, { signal });
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > mostBytes) return undefined;
  }
  return Buffer.concat(chunks, size).toString('utf8');
}
