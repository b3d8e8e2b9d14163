/**
 * Where a placeholder stands in a text for the shell:
 *
 * - `bare`: outside of quotes.
 * - `single`, `double`: between quotes with nothing but plain words beside it.
 * - `program`: between quotes with more than that, which may be a program for something else to read: text that is
 *   right for the shell could still be commands to whatever reads it next (`sh -c`, awk, ssh).
 * - `obscure`: where quotes mean other things, or it cannot be told what they mean.
 * - `forbidden`: where it would not be replaced, or not be a value, whatever stands for it.
 */
export type Surroundings = 'bare' | 'single' | 'double' | 'program' | 'obscure' | 'forbidden';

/** A placeholder in a text for the shell. */
export interface Place {
  readonly from: number;
  /** Behind its last brace. */
  readonly to: number;
  readonly name: string;
  /** `{{NAME}}`, which stands for the text `{NAME}`. */
  readonly isEscaped: boolean;
  readonly within: Surroundings;
  /** Of those that are obscure or forbidden: words for a person. */
  readonly where?: string;
}

type Frame =
  | { readonly kind: 'group' | 'substitution' }
  /** `places`: how many there were before it; `own`: those that are in these quotes, and no others inside. */
  | { readonly kind: 'double'; readonly places: number; readonly own: number[]; isPlain: boolean };

interface HereDocument {
  readonly delimiter: string;
  readonly isIndented: boolean;
}

const token = /\{\{([A-Za-z_]\w*)\}\}|\{([A-Za-z_]\w*)\}/g;
const tokenHere = /\{\{[A-Za-z_]\w*\}\}|\{[A-Za-z_]\w*\}/y;
const plainRun = /[\w@%+=:,./-]+/y;
const hereDocumentStart = /<<(-?)[ \t]*(?:'(\w+)'|"(\w+)"|\\?(\w+))/y;

/** All placeholders of a text for the shell, in their order, with what a shell makes of the place. */
export const placesIn = (command: string): readonly Place[] => new Scan(command).places;

/** Goes through a text as a shell does, as far as quotes are concerned. Methods answer how many characters they took. */
class Scan {
  readonly #text: string;
  #at = 0;
  readonly #frames: Frame[] = [];
  #isWordStart = true;
  #hereDocuments: HereDocument[] = [];
  readonly places: Place[] = [];

  constructor(text: string) {
    this.#text = text;
    // A line that goes on in the middle of an operator: nobody writes it, and everything would have to know of it.
    if (/[$<]\\\n/.test(text))
      this.#at = this.#giveUp('behind an operator that is broken off by a backslash');
    while (this.#at < text.length) {
      this.#at += this.#frames.at(-1)?.kind === 'double' ? this.#inDoubleQuotes() : this.#inTheOpen();
    }
    if (this.#frames.some(({ kind }) => kind === 'double')) this.#giveUp('behind a quote that nothing ends');
  }

  #inTheOpen(): number {
    const character = this.#text[this.#at] ?? '';
    const wasWordStart = this.#isWordStart;
    this.#isWordStart = /[ \t\n;&|()<>]/.test(character);
    if (character === '#' && wasWordStart) return this.#as('obscure', 'in a comment', this.#match(/[^\n]*/y));
    if (character === "'") return this.#singleQuotes();
    if (character === '"') return this.#openDouble();
    if (character === '(' || character === ')') return this.#parenthesis(character);
    if (character === '\n') return this.#lineEnd();
    if (character === '<') return this.#match(/<<(?!<)/y) > 0 ? this.#hereDocument() : this.#match(/<+/y);
    if (wasWordStart && this.#isInSubstitution() && this.#match(/case[ \t\n\\]/y) > 0) {
      return this.#giveUp('behind a `case` inside $(...)');
    }
    return this.#anywhere(wasWordStart);
  }

  #inDoubleQuotes(): number {
    const character = this.#text[this.#at] ?? '';
    if (character === '"') return this.#closeDouble();
    const frame = this.#frames.at(-1);
    if (frame?.kind === 'double' && this.#match(tokenHere) === 0 && this.#match(plainRun) === 0) {
      frame.isPlain = false;
    }
    if (character === '\n' && this.#hereDocuments.length > 0) return this.#giveUp(quotesBehindHereDocument);
    return this.#anywhere(false);
  }

  /** What means the same with and without double quotes. */
  #anywhere(wasWordStart: boolean): number {
    const character = this.#text[this.#at] ?? '';
    if (character === '\\') return this.#backslash(wasWordStart);
    if (character === '`') return this.#backquotes();
    if (character === '$') return this.#dollar();
    const placeholder = this.#match(tokenHere);
    if (placeholder > 0) return this.#as(this.#isQuoted() ? 'double' : 'bare', undefined, placeholder);
    return this.#match(plainRun) || 1;
  }

  #backslash(wasWordStart: boolean): number {
    const placeholder = this.#match(/\\(?:\{\{[A-Za-z_]\w*\}\}|\{[A-Za-z_]\w*\})/y);
    if (placeholder > 0) return this.#as('forbidden', 'behind a backslash', placeholder);
    // A line that goes on in the next is no end of a word, and no beginning of one.
    if (this.#text[this.#at + 1] === '\n') this.#isWordStart = wasWordStart;
    return 2;
  }

  #backquotes(): number {
    const length = this.#match(/`(?:[^`\\'"]|\\[^'"])*`/y);
    if (length === 0 || this.#hereDocuments.length > 0) return this.#giveUp('behind a backquote');
    return this.#as('obscure', 'between backquotes', length);
  }

  #dollar(): number {
    if (this.#hereDocuments.length > 0 && this.#match(/\$['"({[]/y) > 0) {
      return this.#giveUp('behind << and $');
    }
    const next = this.#text[this.#at + 1];
    if (next === "'" && !this.#isQuoted()) return this.#dollarQuotes();
    if (next === '[') return this.#giveUp('behind $[');
    if (next === '{') return this.#parameter();
    if (next !== '(') return 1;
    if (this.#text[this.#at + 2] === '(') return this.#arithmetic();
    this.#isWordStart = true;
    this.#frames.push({ kind: 'substitution' });
    return 2;
  }

  #dollarQuotes(): number {
    const length = this.#match(/\$'[^'\\]*'/y);
    if (length === 0) return this.#giveUp("behind $'...' with a backslash");
    return this.#as('obscure', "in $'...'", length);
  }

  #arithmetic(): number {
    const length = this.#match(/\$\(\((?:[\w\s+\-*/%<>=!&|^~?:,{}$]|\([^()'"`\\]*\))*\)\)/y);
    return length === 0 ? this.#giveUp('behind $((') : this.#as('obscure', 'in $((...))', length);
  }

  #parameter(): number {
    const escaped = this.#match(/\$\{\{[A-Za-z_]\w*\}\}/y);
    if (escaped > 0) return this.#as('obscure', 'behind $', escaped);
    const placeholder = this.#match(/\$\{[A-Za-z_]\w*\}/y);
    if (placeholder > 0) {
      return this.#as('forbidden', 'behind $, which makes it a variable of the shell', placeholder);
    }
    return this.#match(/\$\{[^{}'"`\\$]*\}/y) || this.#giveUp('in or behind a variable in braces');
  }

  #singleQuotes(): number {
    const length = this.#match(/'[^']*'/y);
    if (length === 0) return this.#giveUp('behind a quote that nothing ends');
    const text = this.#text.slice(this.#at + 1, this.#at + length - 1);
    if (text.includes('\n') && this.#hereDocuments.length > 0) return this.#giveUp(quotesBehindHereDocument);
    return this.#as(isPlainText(text) ? 'single' : 'program', undefined, length);
  }

  #openDouble(): number {
    this.#frames.push({ kind: 'double', places: this.places.length, own: [], isPlain: true });
    return 1;
  }

  #closeDouble(): number {
    const frame = this.#frames.pop();
    if (frame?.kind === 'double' && !frame.isPlain) this.#relabel(frame.own, 'program');
    this.#isWordStart = false;
    return 1;
  }

  #parenthesis(character: string): number {
    if (character === '(') this.#frames.push({ kind: 'group' });
    else this.#isWordStart = this.#frames.pop()?.kind !== 'substitution';
    return 1;
  }

  #hereDocument(): number {
    const [whole = '', dash, ...words] = this.#exec(hereDocumentStart) ?? [];
    const delimiter = words.find((word) => word !== undefined);
    const isWhole = /^[ \t\n;&|<>)]?$/.test(this.#text[this.#at + whole.length] ?? '');
    if (delimiter === undefined || !isWhole || this.#isInSubstitution()) return this.#giveUp('behind <<');
    this.#hereDocuments.push({ delimiter, isIndented: dash === '-' });
    this.#isWordStart = false;
    return whole.length;
  }

  /** The texts of `<<` begin in the line below. */
  #lineEnd(): number {
    const [first, ...others] = this.#hereDocuments;
    if (first === undefined) return 1;
    const rest = this.#text.slice(this.#at + 1);
    const last = new RegExp(`(?:^|\\n)${first.isIndented ? '\\t*' : ''}${first.delimiter}(?=\\n|$)`).exec(
      rest,
    );
    const length = last ? last.index + last[0].length : rest.length;
    // A line that goes on in the next one may or may not be the last one.
    if (rest.slice(0, length).includes('\\\n')) return this.#giveUp('behind <<');
    this.#hereDocuments = others;
    return this.#as('obscure', 'in the text of <<', length + 1);
  }

  #isQuoted(): boolean {
    return this.#frames.at(-1)?.kind === 'double';
  }

  #isInSubstitution(): boolean {
    return this.#frames.some(({ kind }) => kind === 'substitution');
  }

  /** Nothing from here on is known for certain, nor what stands in quotes that are still open. */
  #giveUp(where: string): number {
    const open = this.#frames.find((frame) => frame.kind === 'double');
    if (open) this.#relabel(this.places.keys().drop(open.places), 'obscure', where);
    this.#frames.length = 0;
    return this.#as('obscure', where, this.#text.length - this.#at);
  }

  /** So many characters, in which all placeholders stand in the same way. */
  #as(within: Surroundings, where: string | undefined, length: number): number {
    const frame = this.#frames.at(-1);
    for (const found of this.#text.slice(this.#at, this.#at + length).matchAll(token)) {
      const [written, escaped, name = escaped ?? ''] = found;
      const from = this.#at + found.index;
      const place = { from, to: from + written.length, name, isEscaped: escaped !== undefined, within };
      if (within === 'double' && frame?.kind === 'double') frame.own.push(this.places.length);
      this.places.push(where === undefined ? place : { ...place, where });
    }
    return length;
  }

  #relabel(indexes: Iterable<number>, within: Surroundings, where?: string): void {
    for (const index of indexes) {
      const place = this.places[index];
      if (place && place.within !== 'forbidden') {
        this.places[index] = { ...place, within, ...(where !== undefined && { where }) };
      }
    }
  }

  #match(pattern: RegExp): number {
    return this.#exec(pattern)?.[0].length ?? 0;
  }

  #exec(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }
}

const quotesBehindHereDocument = 'behind << and quotes over several lines';

const isPlainText = (text: string): boolean => /^[\w@%+=:,./-]*$/.test(text.replace(token, ''));
