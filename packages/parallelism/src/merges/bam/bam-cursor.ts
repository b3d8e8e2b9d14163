import { FormatError } from '@galaxy-mesos/formats';
import type { NumberedPart } from '../files/name-part.ts';
import { wrongPart } from '../files/name-part.ts';
import { ContentWindow } from '../k-way/content-window.ts';
import type { Cursor } from '../k-way/k-way.ts';
import type { ReadKey } from './read-order.ts';

/** No record is shorter, its length included. */
export const fixedSize = 36;
const reverseStrand = 0x10;
const segments = 0xc0;

/** Reads of this size do not exist; what claims to be longer is damaged. */
const maximalRecordSize = 256 * 1024 * 1024;

/** What a {@link BamCursor} is told. */
export interface BamCursorOptions {
  /** The united number of each reference of this file; absent: its own. */
  readonly translation?: Int32Array | undefined;
  /** How many references the file has. */
  readonly referenceCount: number;
  /** Whether a read may follow another; absent: any may. */
  readonly mayFollow?: ((before: ReadKey, after: ReadKey) => boolean) | undefined;
  readonly hasNames: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The reference, position and name of the record that begins at `from`, into `key`. */
export const readKey = (bytes: Buffer, from: number, key: ReadKey, hasNames: boolean): void => {
  const reference = bytes.readInt32LE(from + 4);
  key.reference = reference < 0 ? Number.POSITIVE_INFINITY : reference;
  key.position = bytes.readInt32LE(from + 8);
  const flag = bytes.readUInt16LE(from + 18);
  key.reverse = (flag & reverseStrand) === 0 ? 0 : 1;
  key.segment = flag & segments;
  if (!hasNames) return;
  const nameEnd = from + fixedSize + bytes.readUInt8(from + 12) - 1;
  key.name = bytes.toString('latin1', from + fixedSize, nameEnd);
};

/** A key to be filled. */
export const emptyKey = (): ReadKey => ({ reference: -1, position: -1, reverse: 0, name: '', segment: 0 });

/** Goes through the records of a BAM file, and gives their references the numbers they have in the united header. */
export class BamCursor implements Cursor {
  readonly part: NumberedPart;
  from = 0;
  to = 0;
  key = emptyKey();
  #before = emptyKey();
  #isFirst = true;
  readonly #window: ContentWindow;
  readonly #options: BamCursorOptions;

  constructor(part: NumberedPart, options: BamCursorOptions) {
    this.part = part;
    this.#options = options;
    this.#window = new ContentWindow(part.path, options.signal);
  }

  get bytes(): Buffer {
    return this.#window.bytes;
  }

  next(): boolean | Promise<boolean> {
    if (this.#isFirst) return this.#begin();
    const window = this.#window;
    window.at = this.to;
    const left = window.bytes.length - window.at;
    if (left < 4 || left < 4 + window.bytes.readInt32LE(window.at)) return this.#load();
    return this.#take();
  }

  close(): Promise<void> {
    return this.#window.close();
  }

  async #begin(): Promise<boolean> {
    const window = this.#window;
    await this.#pass(4);
    await this.#pass(await this.#number());
    const references = await this.#number();
    for (let index = 0; index < references; index += 1) await this.#pass((await this.#number()) + 4);
    this.#isFirst = false;
    this.to = window.at;
    return this.next();
  }

  async #number(): Promise<number> {
    const window = this.#window;
    if (!(await window.reach(4))) throw this.#endsWithin('its header');
    window.at += 4;
    return window.bytes.readInt32LE(window.at - 4);
  }

  async #pass(length: number): Promise<void> {
    if (!(await this.#window.reach(length))) throw this.#endsWithin('its header');
    this.#window.at += length;
  }

  async #load(): Promise<boolean> {
    const window = this.#window;
    if (!(await window.reach(4))) {
      if (window.at === window.bytes.length) return false;
      throw this.#endsWithin('a record');
    }
    const size = window.bytes.readInt32LE(window.at);
    if (size < fixedSize - 4 || size > maximalRecordSize) throw this.#notRecord(`a record of ${size} bytes`);
    if (!(await window.reach(4 + size))) throw this.#endsWithin('a record');
    return this.#take();
  }

  #take(): boolean {
    const { bytes, at } = this.#window;
    const size = 4 + bytes.readInt32LE(at);
    if (size < fixedSize + bytes.readUInt8(at + 12)) throw this.#notRecord(`a record of ${size} bytes`);
    this.from = at;
    this.to = at + size;
    this.#translate(bytes, at + 4);
    this.#translate(bytes, at + 24);
    const before = this.key;
    this.key = this.#before;
    this.#before = before;
    readKey(bytes, at, this.key, this.#options.hasNames);
    if (this.#options.mayFollow?.(before, this.key) === false) throw this.#outOfOrder();
    return true;
  }

  #translate(bytes: Buffer, at: number): void {
    const reference = bytes.readInt32LE(at);
    if (reference >= this.#options.referenceCount)
      throw this.#notRecord(`one of reference number ${reference}`);
    const { translation } = this.#options;
    if (translation !== undefined && reference >= 0) bytes.writeInt32LE(translation[reference] ?? -1, at);
  }

  #notRecord(found: string): FormatError {
    return wrongPart(this.part, `expected a BAM record, found ${found}: the file is damaged`);
  }

  #endsWithin(what: string): FormatError {
    return wrongPart(this.part, `the file ends within ${what}: it is incomplete`);
  }

  #outOfOrder(): FormatError {
    const { path } = this.part;
    const name = readName(this.bytes, this.from);
    const text = `the read ${name} comes after one that should follow it: the file is not sorted as its header or the merge says; sort it with \`samtools sort\`, or join parts as they are with the parameter sorted=no`;
    return new FormatError('MALFORMED', text, { path });
  }
}

const readName = (bytes: Buffer, from: number): string =>
  bytes.toString('latin1', from + fixedSize, from + fixedSize + bytes.readUInt8(from + 12) - 1);
