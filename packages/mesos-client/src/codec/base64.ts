const alphabet = /^[A-Za-z0-9+/]*={0,2}$/;

/** Bytes in the base64 form that Mesos writes into JSON. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** The bytes of a base64 text, or undefined where it is none. */
export function fromBase64(text: string): Uint8Array | undefined {
  return alphabet.test(text) ? new Uint8Array(Buffer.from(text, 'base64')) : undefined;
}
