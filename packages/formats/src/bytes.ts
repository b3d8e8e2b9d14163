export const newline = 0x0a;
export const carriageReturn = 0x0d;

/** The same memory, with the faster searches of a Buffer. */
export const asBuffer = (chunk: Uint8Array): Buffer =>
  Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);

/** Whether a byte is a space, a tab, or of a line end. */
export const isBlankByte = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === newline || byte === carriageReturn;
