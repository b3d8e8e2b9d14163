import { wrongPart } from '../files/name-part.ts';
import { FirstHeader } from './first-header.ts';
import type { PartFrame } from './part-frame.ts';

const numeric = /^"?[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"?$/i;

/**
 * The first line of a table as its header, which is dropped from all parts but the first. Where it holds a number, it
 * is more likely a line like the others, which must not be lost.
 */
export class NamedColumns extends FirstHeader {
  readonly #separator: string;
  #parts = 0;

  constructor(separator: string) {
    super('same');
    this.#separator = separator;
  }

  override add(frame: PartFrame): void {
    super.add(frame);
    this.#parts += 1;
    if (this.#parts === 2) this.#expectNames(frame);
  }

  #expectNames({ part }: PartFrame): void {
    const [line = ''] = Buffer.from(this.header).toString('latin1').split(/\r?\n/, 1);
    const number = line.split(this.#separator).find((cell) => numeric.test(cell.trim()));
    if (number === undefined) return;
    const text =
      `its first line, which is that of the parts before it too, holds the number ${number.trim()}, expected ` +
      'names of columns; if the command writes no header, join with the merge concat, and if this is one, with ' +
      'the parameter headers=first';
    throw wrongPart(part, text, { line: 1 });
  }
}
