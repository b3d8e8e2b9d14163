import { openDecoded } from '@galaxy-mesos/formats';

/** Lines that are longer tell nothing of how they end. */
const telling = 64 * 1024;

/** How lines of this text end: as its first does. */
export const lineEndOf = async (path: string, signal: AbortSignal | undefined): Promise<Buffer> => {
  await using source = await openDecoded(path, { signal });
  for await (const chunk of source) {
    const beginning = Buffer.from(chunk.subarray(0, telling)).toString('latin1');
    return Buffer.from(/^[^\n]*\r\n/.test(beginning) ? '\r\n' : '\n');
  }
  return Buffer.from('\n');
};
