import { type NumberedPart, nameOfPart, wrongPart } from '../files/name-part.ts';

/** A kind of header line: `@SQ`, `@RG`, ... */
const kindOf = (line: string): string => line.slice(0, 3);

/** The value of a field of a header line. */
export const fieldOf = (line: string, name: string): string | undefined =>
  line
    .split('\t')
    .find((field, index) => index > 0 && field.startsWith(`${name}:`))
    ?.slice(3);

/** Where lines of a kind that come to a header are put: kinds stand in this order. */
const order = ['@HD', '@SQ', '@RG', '@PG', '@CO'];
const placeOf = (kind: string): number => {
  const place = order.indexOf(kind);
  return place === -1 ? order.length - 1 : place;
};

const shown = (line: string): string => JSON.stringify(line.slice(0, 100));

/**
 * Unites headers of SAM: of what all have, the lines of the first; then what others have besides, in their order. A
 * program (`@PG`) of the same ID counts as the same one, though its command names other files in each part.
 */
export class SamHeaders {
  readonly #lines: string[] = [];
  /** Lines by what makes them one and the same, with the part they came from. */
  readonly #known = new Map<string, { readonly line: string; readonly part: NumberedPart }>();
  #first: NumberedPart | undefined;
  #text = '';
  #changed = false;

  /** @throws FormatError if the header contradicts an earlier one */
  add(part: NumberedPart, text: string): void {
    const lines = text.split('\n').filter((line) => line !== '' && line !== '\r');
    const isFirst = this.#first === undefined;
    if (isFirst) this.#text = text;
    this.#first ??= part;
    for (const [index, line] of lines.entries()) this.#addLine(part, line, { isFirst, number: index + 1 });
  }

  /** That of the first part byte for byte, if the others have nothing besides. */
  get text(): string {
    return this.#changed ? `${this.#lines.join('\n')}\n` : this.#text;
  }

  /** The lines of this kind. */
  lines(kind: string): readonly string[] {
    return this.#lines.filter((line) => kindOf(line) === kind);
  }

  #addLine(
    part: NumberedPart,
    line: string,
    { isFirst, number }: { isFirst: boolean; number: number },
  ): void {
    const identity = this.#identityOf(line, isFirst ? number : 0);
    const known = this.#known.get(identity);
    if (known !== undefined) {
      if (this.#agree(known.line, line)) return;
      throw wrongPart(
        part,
        `found ${shown(line)} in the header, which contradicts ${shown(known.line)} of ${nameOfPart(known.part)}; ` +
          'were the parts made with the same reference and the same read groups?',
        { line: number },
      );
    }
    this.#known.set(identity, { line, part });
    this.#insert(line, isFirst);
  }

  /** Comments of the first part stay as they are, doubles too. */
  #identityOf(line: string, number: number): string {
    const kind = kindOf(line);
    if (kind === '@HD') return kind;
    if (kind === '@SQ') return `${kind}\t${fieldOf(line, 'SN')}`;
    if (kind === '@RG' || kind === '@PG') return `${kind}\t${fieldOf(line, 'ID')}`;
    return number > 0 && this.#known.has(line) ? `${line}\n${number}` : line;
  }

  #agree(known: string, line: string): boolean {
    const kind = kindOf(line);
    if (kind === '@SQ') return fieldOf(known, 'LN') === fieldOf(line, 'LN');
    if (kind === '@HD') return fieldOf(known, 'SO') === fieldOf(line, 'SO');
    return kind === '@RG' ? known === line : true;
  }

  #insert(line: string, isFirst: boolean): void {
    if (isFirst) {
      this.#lines.push(line);
      return;
    }
    this.#changed = true;
    const place = placeOf(kindOf(line));
    const after = this.#lines.findLastIndex((other) => placeOf(kindOf(other)) <= place);
    this.#lines.splice(after + 1, 0, line);
  }
}
