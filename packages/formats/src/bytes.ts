export const newline = 0x0a;
export const carriageReturn = 0x0d;

/** The same memory, with the faster searches of a Buffer. */
export const asBuffer = (chunk: Uint8Array): Buffer =>
  Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);

/** Whether a byte is a space, a tab, or of a line end. */
export const isBlankByte = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === newline || byte === carriageReturn;

/** So many bytes are looked at one by one before a search is called, whose call costs as much. */
const nearby = 24;

/** The index of the first such byte from `from` on; the length of `bytes` if there is none. */
export const nextIndex = (bytes: Buffer, byte: number, from: number): number => {
  const near = Math.min(from + nearby, bytes.length);
  for (let at = from; at < near; at += 1) if (bytes[at] === byte) return at;
  const index = bytes.indexOf(byte, near);
  return index === -1 ? bytes.length : index;
};
