import { gunzipSync } from 'node:zlib';
import { type FileSource, FormatError, type NamedReference } from '@galaxy-mesos/formats';

/** Headers of assemblies in millions of contigs take some 100 MB; what claims to be longer is damaged. */
const mostBytes = 256 * 1024 * 1024;
const fileDefinition = 26;
const checksum = 4;

/** Reads the numbers of a CRAM file (sections 2.3, 7 and 8 of its specification). */
class CramBytes {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int32(): number {
    this.at += 4;
    return this.#bytes.readInt32LE(this.at - 4);
  }

  byte(): number {
    this.at += 1;
    return this.#bytes.readUInt8(this.at - 1);
  }

  /**
   * A number of one to five bytes (or, as `ltf8`, up to nine), of which the ones ahead in the first tell how many. Those
   * of the greatest length are passed over rightly, but not their worth: none that counts here is as large.
   */
  number(most = 5): number {
    const first = this.byte();
    const more = Math.min(most - 1, Math.clz32(~(first << 24) >>> 0));
    let value = more >= 7 ? 0 : first & (0xff >> (more + 1));
    for (let left = more; left > 0; left -= 1) value = value * 256 + this.byte();
    return value;
  }
}

/** The sequences of a CRAM file, by the header of SAM that its first container holds. */
export async function cramReferences(file: FileSource): Promise<readonly NamedReference[]> {
  const damaged = new FormatError('MALFORMED', 'expected the header of a CRAM file: it is damaged', {
    path: file.path,
  });
  const beginning = Buffer.from(await file.readAt(0, 64 * 1024));
  try {
    const major = beginning.readUInt8(4);
    if (major !== 2 && major !== 3) throw damaged;
    const bytes = new CramBytes(beginning);
    bytes.at = fileDefinition;
    const size = bytes.int32();
    for (let fields = 0; fields < 4; fields += 1) bytes.number();
    // The counter of records and the number of bases.
    if (major === 3) bytes.number(9);
    else bytes.number();
    bytes.number(9);
    bytes.number();
    for (let landmarks = bytes.number(); landmarks > 0; landmarks -= 1) bytes.number();
    if (major === 3) bytes.at += checksum;
    if (size < 0 || size > mostBytes) throw damaged;
    const text = await headerText(Buffer.from(await file.readAt(bytes.at, size)));
    return referencesOf(text);
  } catch (error) {
    throw isDamage(error) ? damaged : error;
  }
}

/** Bytes that are not there, and content that is not of gzip, or longer than it may be. */
const isDamage = (error: unknown): boolean =>
  error instanceof RangeError ||
  (error instanceof Error &&
    !(error instanceof FormatError) &&
    'code' in error &&
    /^(Z_|ERR_)/.test(String(error.code)));

/** The content of the first block of a container. */
async function headerText(container: Buffer): Promise<string> {
  const block = new CramBytes(container);
  const method = block.byte();
  block.byte();
  block.number();
  const size = block.number();
  block.number();
  const data = container.subarray(block.at, block.at + size);
  const content = method === 1 ? gunzipSync(data, { maxOutputLength: mostBytes }) : data;
  return content.toString('utf8', 4, 4 + content.readInt32LE(0));
}

function referencesOf(text: string): readonly NamedReference[] {
  const references: NamedReference[] = [];
  for (let from = 0; from < text.length; ) {
    const lineFeed = text.indexOf('\n', from);
    const end = lineFeed === -1 ? text.length : lineFeed;
    if (text.startsWith('@SQ\t', from)) references.push(referenceOf(text.slice(from, end)));
    from = end + 1;
  }
  return references;
}

const referenceOf = (line: string): NamedReference => {
  const fields = new Map(line.split('\t').map((field) => [field.slice(0, 2), field.slice(3)]));
  return { name: fields.get('SN') ?? '', length: Number(fields.get('LN')) };
};
