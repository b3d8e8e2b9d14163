import { type NumberedPart, wrongPart } from '../files/name-part.ts';
import { ContentWindow } from '../k-way/content-window.ts';
import type { BlastDocument } from './blast-document.ts';

/** Longer than any tag with its content that is looked for, and than any header. */
const longestTag = 64 * 1024;
const longestHeader = 16 * 1024 * 1024;

const searchIn = (window: ContentWindow, text: string): number => window.bytes.indexOf(text, window.at);

/** How many iterations and queries there were in parts before, so that numbers go on. */
export interface Counts {
  numbers: number;
  queries: number;
}

/** Reads one document of BLAST: its header, its results with new numbers, its footer. */
export class DocumentReader {
  readonly #part: NumberedPart;
  readonly #document: BlastDocument;
  readonly #window: ContentWindow;
  readonly #pattern: RegExp;

  /** Whether there are results; known after the header. */
  hasResults = false;

  constructor(part: NumberedPart, document: BlastDocument, signal: AbortSignal | undefined) {
    this.#part = part;
    this.#document = document;
    this.#window = new ContentWindow(part.path, signal);
    const tags = [...document.numbers, ...document.queries].join('|');
    this.#pattern = new RegExp(`${document.footer}|<(${tags})>([^<]*)<`, 'g');
  }

  /** What precedes the first result. */
  async header(): Promise<string> {
    const window = this.#window;
    const { item, footer } = this.#document;
    for (;;) {
      const found = [searchIn(window, item), searchIn(window, footer)].filter((at) => at !== -1);
      const end = Math.min(...found);
      if (found.length > 0) {
        const header = window.bytes.toString('latin1', window.at, end);
        window.at = end;
        this.hasResults = window.bytes.indexOf(item, end) === end;
        return header;
      }
      if (window.bytes.length > longestHeader || !(await window.more())) throw this.#wrongKind();
    }
  }

  /** The results, in chunks; their numbers go on from `before`, which is then raised by those of this document. */
  async *results(before: Counts): AsyncGenerator<Uint8Array> {
    const last: Counts = { ...before };
    const window = this.#window;
    for (let ended = false; !ended; ) {
      const hasMore = await window.more();
      const text = window.bytes.toString('latin1', window.at);
      // What stands at the end may be the beginning of a tag.
      const certain = hasMore ? text.length - longestTag : text.length;
      const step = this.#renumber(text, certain, { before, last });
      ended = step.ended;
      if (!ended && !hasMore) throw this.#incomplete();
      window.at += step.taken;
      if (step.text !== '') yield Buffer.from(step.text, 'latin1');
    }
    Object.assign(before, last);
  }

  /** The footer. */
  async footer(): Promise<string> {
    while (await this.#window.more());
    return this.#window.bytes.toString('latin1', this.#window.at);
  }

  async close(): Promise<void> {
    await this.#window.close();
  }

  #renumber(
    text: string,
    certain: number,
    counts: { readonly before: Counts; readonly last: Counts },
  ): { readonly text: string; readonly taken: number; readonly ended: boolean } {
    const pieces: string[] = [];
    let taken = 0;
    this.#pattern.lastIndex = 0;
    for (let match = this.#pattern.exec(text); match !== null && match.index < certain; ) {
      pieces.push(text.slice(taken, match.index));
      taken = match.index;
      const [whole, tag, content] = match;
      if (tag === undefined || content === undefined) return { text: pieces.join(''), taken, ended: true };
      pieces.push(`<${tag}>${this.#renumbered(tag, content, counts)}<`);
      taken += whole.length;
      match = this.#pattern.exec(text);
    }
    if (taken < certain) {
      pieces.push(text.slice(taken, certain));
      taken = certain;
    }
    return { text: pieces.join(''), taken, ended: false };
  }

  #renumbered(
    tag: string,
    content: string,
    { before, last }: { readonly before: Counts; readonly last: Counts },
  ): string {
    if (this.#document.numbers.includes(tag)) {
      const number = before.numbers + Number(content);
      last.numbers = Math.max(last.numbers, number);
      return String(number);
    }
    const own = /^Query_(\d+)$/.exec(content)?.[1];
    if (own === undefined) return content;
    const number = before.queries + Number(own);
    last.queries = Math.max(last.queries, number);
    return `Query_${number}`;
  }

  #wrongKind(): Error {
    const text = `expected a result of BLAST with ${this.#document.item} or ${this.#document.footer}, found none of them: the part is incomplete, or of another format`;
    return wrongPart(this.#part, text);
  }

  #incomplete(): Error {
    return wrongPart(this.#part, `expected ${this.#document.footer} at the end: the part is incomplete`);
  }
}
