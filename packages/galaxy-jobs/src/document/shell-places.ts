import type { Place, Surroundings } from './shell-place.ts';
import {
  arithmetic,
  condition,
  type Evaluation,
  evaluationAt,
  index,
  isLastingEvaluation,
  isMereText,
} from './shell-places-evaluated.ts';

type Frame =
  /** `evaluation`: that of the command around it. */
  | {
      readonly kind: 'group' | 'array' | 'substitution';
      readonly evaluation: Evaluation | undefined;
    }
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
  #wordFrom = 0;
  /** Of the words of the command at hand. */
  #evaluation: Evaluation | undefined;
  #hereDocuments: HereDocument[] = [];
  readonly places: Place[] = [];

  constructor(text: string) {
    this.#text = text;
    // A line that goes on in the middle of an operator: nobody writes it, and everything would have to know of it.
    if (/[$<([]\\\n/.test(text))
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
    if (wasWordStart) this.#wordFrom = this.#at;
    if (this.#match(/[;\n|]|(?<![<>])&/y) > 0) this.#evaluation = undefined;
    if (character === '#' && wasWordStart) return this.#as('obscure', 'in a comment', this.#match(/[^\n]*/y));
    if (character === "'") return this.#singleQuotes();
    if (character === '"') return this.#openDouble();
    if (character === '(' || character === ')') return this.#parenthesis(character);
    if (character === '\n') return this.#lineEnd();
    if (character === '<') return this.#match(/<<(?!<)/y) > 0 ? this.#hereDocument() : this.#match(/<+/y);
    return this.#anywhere(wasWordStart);
  }

  /** Beginnings of commands that go on in their own way. */
  #beginning(): number {
    if (this.#isInSubstitution() && this.#match(/case[ \t\n\\]/y) > 0) {
      return this.#giveUp('behind a `case` inside $(...)');
    }
    if (this.#frames.at(-1)?.kind === 'array' && this.#match(/\[/y) > 0) {
      return this.#giveUp('behind [', 'evaluated');
    }
    if (this.#match(/\[\[(?=[\s()<>;&|\\])/y) > 0) return this.#evaluatedAs('[[', condition);
    if (this.#match(/[A-Za-z_]\w*\[/y) > 0) return this.#evaluatedAs('[', index);
    if (isLastingEvaluation(this.#text, this.#at)) {
      return this.#giveUp('behind a variable of numbers or names', 'evaluated');
    }
    this.#evaluation = evaluationAt(this.#text, this.#at) ?? this.#evaluation;
    return 0;
  }

  #evaluatedAs(opening: string, pattern: RegExp): number {
    const length = this.#match(pattern);
    if (length === 0) return this.#giveUp(`behind ${opening}`, 'evaluated');
    // Behind parentheses and brackets of a command, but not behind those of an index.
    this.#isWordStart = opening === '((';
    return this.#as('evaluated', `behind ${opening}`, length);
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
    const begun = wasWordStart ? this.#beginning() : 0;
    if (begun > 0) return begun;
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
    this.#open('substitution');
    return 2;
  }

  #dollarQuotes(): number {
    const length = this.#match(/\$'[^'\\]*'/y);
    if (length === 0) return this.#giveUp("behind $'...' with a backslash");
    return this.#as('obscure', "in $'...'", length);
  }

  #arithmetic(): number {
    const length = this.#match(/\$\(\((?:[\w\s+\-*/%<>=!&|^~?:,{}$]|\([^()'"`\\]*\))*\)\)/y);
    return length === 0
      ? this.#giveUp('behind $((', 'evaluated')
      : this.#as('evaluated', 'in $((...))', length);
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
    if (this.#match(/\(\(/y) > 0) return this.#evaluatedAs('((', arithmetic);
    if (character === '(') this.#open(this.#text[this.#at - 1] === '=' ? 'array' : 'group');
    else {
      const frame = this.#frames.pop();
      this.#isWordStart = frame?.kind !== 'substitution';
      if (frame && frame.kind !== 'double') this.#evaluation = frame.evaluation;
    }
    return 1;
  }

  #open(kind: 'group' | 'array' | 'substitution'): void {
    this.#frames.push({ kind, evaluation: this.#evaluation });
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
  #giveUp(where: string, within: 'obscure' | 'evaluated' = 'obscure'): number {
    const open = this.#frames.find((frame) => frame.kind === 'double');
    if (open) this.#relabel(this.places.keys().drop(open.places), within, where);
    this.#frames.length = 0;
    return this.#as(within, where, this.#text.length - this.#at);
  }

  /** So many characters, in which all placeholders stand in the same way. */
  #as(within: Surroundings, where: string | undefined, length: number): number {
    const frame = this.#frames.at(-1);
    for (const found of this.#text.slice(this.#at, this.#at + length).matchAll(token)) {
      const [written, escaped, name = escaped ?? ''] = found;
      const from = this.#at + found.index;
      const place = { from, to: from + written.length, name, isEscaped: escaped !== undefined, within };
      if (within === 'double' && frame?.kind === 'double') frame.own.push(this.places.length);
      this.places.push(this.#seen(where === undefined ? place : { ...place, where }));
    }
    return length;
  }

  /** The place, which may be one of the words that the command evaluates. */
  #seen(place: Place): Place {
    const evaluation = this.#evaluation;
    if (evaluation === undefined || !['bare', 'single', 'double'].includes(place.within)) return place;
    const before = this.#text.slice(Math.max(this.#wordFrom - 10, 0), this.#wordFrom);
    if (isMereText(evaluation, this.#text.slice(this.#wordFrom, place.from), before)) return place;
    return { ...place, within: 'evaluated', where: evaluation.where };
  }

  #relabel(indexes: Iterable<number>, within: Surroundings, where?: string): void {
    for (const index of indexes) {
      const place = this.places[index];
      if (place && place.within !== 'forbidden' && place.within !== 'evaluated') {
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
