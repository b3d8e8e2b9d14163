import type { BamReference } from './bam-header.ts';

/** What of a record is at a fixed place: its length, and 32 bytes that tell how the rest is laid out. */
export const fixedRecordSize = 36;

/** What the fixed part of a BAM record says. */
export interface BamRecordHead {
  /** Of the whole record, in bytes. */
  readonly size: number;
  /** The index of the reference, or -1. */
  readonly reference: number;
  /** Counted from 0, or -1. */
  readonly position: number;
  /** Of the read's name, in bytes, with the NUL that ends it. */
  readonly nameSize: number;
  /** In bases. */
  readonly sequenceLength: number;
  /** How many bytes name, CIGAR, sequence and qualities take; the rest of the record is tags. */
  readonly layoutSize: number;
}

const isReference = (reference: number, count: number): boolean => reference >= -1 && reference < count;

/**
 * Reads the fixed part of the record that begins at `at`, all 36 bytes of which must be there. Answers what is wrong
 * with it, if it cannot be one.
 */
export const readRecordHead = (bytes: Buffer, at: number, referenceCount: number): BamRecordHead | string => {
  const blockSize = bytes.readInt32LE(at);
  const reference = bytes.readInt32LE(at + 4);
  const position = bytes.readInt32LE(at + 8);
  const nameSize = bytes.readUInt8(at + 12);
  const sequenceLength = bytes.readInt32LE(at + 20);
  const cigarSize = 4 * bytes.readUInt16LE(at + 16);
  if (sequenceLength < 0) return `a sequence of ${sequenceLength} bases`;
  if (nameSize < 1) return 'a read without a name';
  const layoutSize = 32 + nameSize + cigarSize + ((sequenceLength + 1) >> 1) + sequenceLength;
  if (blockSize < layoutSize) return `${blockSize} bytes for fields that take ${layoutSize}`;
  if (!isReference(reference, referenceCount)) return `reference ${reference} of ${referenceCount}`;
  if (!isReference(bytes.readInt32LE(at + 24), referenceCount)) {
    return `a mate on reference ${bytes.readInt32LE(at + 24)} of ${referenceCount}`;
  }
  if (position < -1 || bytes.readInt32LE(at + 28) < -1) return 'a negative position';
  return { size: blockSize + 4, reference, position, nameSize, sequenceLength, layoutSize };
};

/** Tags of long reads hold several numbers a base; those of others seldom as much as this. */
const tagsAllowance = 1024 * 1024;
const tagsPerBase = 64;

const maximalFlag = 0xfff;
const maximalOperation = 8;

const isInReference = (reference: number, position: number, references: readonly BamReference[]): boolean =>
  reference === -1 || position <= (references[reference]?.length ?? 0);

const isName = (bytes: Buffer, from: number, end: number): boolean => {
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x21 || byte > 0x7e) return false;
  }
  return bytes[end] === 0;
};

const hasOperations = (bytes: Buffer, from: number, count: number): boolean => {
  for (let index = 0; index < count; index += 1) {
    if (((bytes[from + 4 * index] ?? 0) & 0xf) > maximalOperation) return false;
  }
  return true;
};

/**
 * How long the record is that may begin at `at`, if everything about its first bytes is as records have it; as far as
 * these are there, of which there must be 36. Stricter than what a record must satisfy: it is to tell records from
 * other bytes.
 */
export const plausibleRecordSize = (
  bytes: Buffer,
  at: number,
  references: readonly BamReference[],
): number | undefined => {
  const head = readRecordHead(bytes, at, references.length);
  if (typeof head === 'string') return undefined;
  if (head.size > head.layoutSize + tagsAllowance + tagsPerBase * head.sequenceLength) return undefined;
  if (bytes.readUInt16LE(at + 18) > maximalFlag) return undefined;
  if (!isInReference(head.reference, head.position, references)) return undefined;
  if (!isInReference(bytes.readInt32LE(at + 24), bytes.readInt32LE(at + 28), references)) return undefined;
  const name = at + fixedRecordSize;
  const cigar = name + head.nameSize;
  if (cigar > bytes.length) return head.size;
  if (!isName(bytes, name, cigar - 1)) return undefined;
  return hasOperations(bytes, cigar, bytes.readUInt16LE(at + 16)) ? head.size : undefined;
};
