/** Bytes in the base64 form that Mesos writes into JSON. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** The bytes of a base64 text, or undefined where it is none. Padding may be missing. */
export function fromBase64(text: string): Uint8Array | undefined {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const length = text.length - padding;
  const bytes = Buffer.from(text, 'base64');
  // Node skips or stops at what is not base64: there is then less than the text is long enough for.
  return length % 4 !== 1 && bytes.length === Math.floor((length * 3) / 4)
    ? new Uint8Array(bytes)
    : undefined;
}
