const signatures: readonly (readonly [name: string, signature: string])[] = [
  ['bam', 'BAM\x01'],
  ['bcf', 'BCF\x02'],
  ['cram', 'CRAM'],
  ['h5', '\x89HDF\r\n\x1a\n'],
  ['png', '\x89PNG'],
  ['jpg', '\xff\xd8\xff'],
  ['gif', 'GIF8'],
  ['pdf', '%PDF-'],
  ['zip', 'PK\x03\x04'],
  ['sqlite', 'SQLite format 3\x00'],
  ['sff', '.sff'],
  ['bai', 'BAI\x01'],
  ['csi', 'CSI\x01'],
  ['tbi', 'TBI\x01'],
];

/** What kind of a file that is no text begins with these bytes; `undefined` for text. */
export function sniffBinary(beginning: Uint8Array): string | undefined {
  const start = Buffer.from(beginning.subarray(0, 16)).toString('latin1');
  const found = signatures.find(([, signature]) => start.startsWith(signature))?.[0];
  return found ?? (beginning.includes(0) ? 'data' : undefined);
}
