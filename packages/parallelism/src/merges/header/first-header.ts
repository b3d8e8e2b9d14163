import { FormatError } from '@galaxy-mesos/formats';
import { type NumberedPart, nameOfPart } from '../files/name-part.ts';
import type { HeaderUnion } from './join-frames.ts';
import type { PartFrame } from './part-frame.ts';

const withoutLineEnd = (header: Uint8Array): string =>
  Buffer.from(header)
    .toString('latin1')
    .replace(/[\r\n]+$/, '');

const firstDifference = (expected: string, found: string): string => {
  const [ours, theirs] = [expected.split('\n'), found.split('\n')];
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  const line = at === -1 ? ours.length : at;
  const show = (text: string | undefined) =>
    text === undefined ? 'nothing' : JSON.stringify(text.slice(0, 80));
  return `line ${line + 1} of the header is ${show(theirs[line])} in the place of ${show(ours[line])}`;
};

/** Takes the header of the first part, and compares those of the others with it, if it is to. */
export class FirstHeader implements HeaderUnion {
  header: Uint8Array = new Uint8Array(0);
  readonly #compares: boolean;
  #first: NumberedPart | undefined;

  constructor(headers: 'same' | 'first') {
    this.#compares = headers === 'same';
  }

  add({ part, header }: PartFrame): void {
    if (this.#first === undefined) {
      this.header = header;
      this.#first = part;
    } else if (this.#compares) this.#compare(this.#first, part, header);
  }

  #compare(first: NumberedPart, part: NumberedPart, header: Uint8Array): void {
    const [expected, found] = [withoutLineEnd(this.header), withoutLineEnd(header)];
    if (expected === found) return;
    const text =
      `expected the header of ${nameOfPart(first)} (${first.path}): ${firstDifference(expected, found)}; ` +
      'with the parameter headers=first that of the first part is taken, whatever the others say';
    throw new FormatError('MALFORMED', text, { path: part.path, offset: 0 });
  }
}
