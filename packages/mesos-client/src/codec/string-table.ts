/**
 * The names of resources, roles, racks and most hosts are no longer. Ids of Mesos are, from 36 characters on: few of
 * those come twice, and looking for them costs more than it saves.
 */
const maximumLength = 32;

/** A power of two. With the longest texts in every slot the table holds some hundred kilobytes. */
const slotCount = 2048;

/** Bytes that are hashed at either end of a text. */
const hashedBytes = 10;

const slots: string[] = new Array<string>(slotCount).fill('');

function hashOf(bytes: Uint8Array, start: number, end: number): number {
  const firstEnd = Math.min(end, start + hashedBytes);
  let hash = end - start;
  for (let at = start; at < firstEnd; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  for (let at = Math.max(firstEnd, end - hashedBytes); at < end; at++)
    hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  return (hash ^ (hash >>> 11)) & (slotCount - 1);
}

/** From the end: that is where ids differ. */
function isText(text: string, bytes: Uint8Array, start: number): boolean {
  let at = text.length - 1;
  while (at >= 0 && text.charCodeAt(at) === bytes[start + at]) at--;
  return at < 0;
}

/**
 * The UTF-8 text in these bytes. Short ones that came before, such as the names of roles, resources and hosts, are
 * given out again: that is quicker than a new string, and an offer that is kept then does not keep copies of them.
 */
export function sharedString(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length > maximumLength) return bytes.toString('utf8', start, end);
  if (length === 0) return '';
  const slot = hashOf(bytes, start, end);
  const known = slots[slot] ?? '';
  if (known.length === length && isText(known, bytes, start)) return known;
  const text = bytes.toString('utf8', start, end);
  // Text beyond ASCII has fewer characters than bytes; other bytes, no UTF-8, could be taken for its characters.
  if (text.length === length) slots[slot] = text;
  return text;
}
