import type { Problems } from '../problems.ts';
import type { SourceText } from '../xml.ts';
import { type Expression, parseExpression } from './expression.ts';
import { match } from './expression-tokens.ts';

/** A part of a template: text, a `$name`, or a directive. */
export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'name'; readonly path: readonly string[]; readonly line: number }
  | { readonly type: 'if' | 'elif'; readonly condition: Expression; readonly line: number }
  | { readonly type: 'else' | 'end if'; readonly line: number };

/** The parts of a template in their order. */
export interface TemplateParts {
  readonly parts: readonly Part[];
  /** Names in refused directives, which may define them: that they are unknown is no news. */
  readonly refusedNames: ReadonlySet<string>;
}

/** What Cheetah takes for a directive behind `#`; every other `#word` is plain text to it. */
const directives = new Set(
  `if elif else unless end for while repeat set del silent echo slurp raw include import from extends implements
  super def block defmacro closure call arg filter attr global module cache compiler compiler-settings encoding
  settings try except finally stop break continue pass return yield assert raise errorCatcher breakpoint i18n
  capture transform @`.split(/\s+/),
);

/** Slips that Cheetah would put into the command as they stand. */
const slips = new Map([
  ['elseif', 'elif'],
  ['elsif', 'elif'],
  ['endif', 'end if'],
]);

const patterns = {
  directive: /#(@|[A-Za-z_][\w-]*)/y,
  endOf: /[ \t]+([A-Za-z]+)/y,
  elseIf: /[ \t]+if\b/y,
  slurp: /#[ \t\f]*(?=[\r\n])/y,
  placeholder: /\$!?(?:\*[\d.]+[smhdw]?\*|\*)?(?:[{([][ \t\f]*)?(?=[A-Za-z_])/y,
  computed: /\$(?:\*[\d.]+[smhdw]?\*|\*)?[{([][ \t\f]*(?=[^)}\]])/y,
  path: /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/y,
  blank: /[ \t\f]*/y,
  line: /[^\r\n]*/y,
  lineEnd: /\r?\n|\r/y,
};

/**
 * Cuts a Cheetah template into its parts. A directive or comment that has a line to itself takes the line's end
 * with it (blanks before it are of no account, since every line is stripped later); that, and how `\$` and `\#` are undone, is as in Cheetah. What is not understood goes to `problems`.
 */
export function templateParts(source: SourceText, problems: Problems): TemplateParts {
  return new TemplateLexer(source, problems).run();
}

class TemplateLexer {
  readonly #source: SourceText;
  readonly #text: string;
  readonly #problems: Problems;
  readonly #parts: Part[] = [];
  /** Names of refused directives, whose `#end` is passed over. */
  readonly #refused = new Set<string>();
  readonly #refusedNames = new Set<string>();
  #pending = '';
  #at = 0;

  constructor(source: SourceText, problems: Problems) {
    this.#source = source;
    this.#text = source.text;
    this.#problems = problems;
  }

  run(): TemplateParts {
    while (this.#at < this.#text.length) {
      if (!this.#special()) {
        this.#pending += this.#text.charAt(this.#at);
        this.#at += 1;
      }
    }
    this.#flush();
    return { parts: this.#parts, refusedNames: this.#refusedNames };
  }

  /** Reads what begins here if it is more than plain text. */
  #special(): boolean {
    const character = this.#text.charAt(this.#at);
    const isEscaped = this.#text.charAt(this.#at - 1) === '\\';
    if (character === '#') return (!isEscaped && this.#hash()) || this.#slurp();
    if (isEscaped) return false;
    if (character === '$') return this.#dollar();
    if (!this.#text.startsWith('<%', this.#at)) return false;
    this.#unsupported('<% %> in the command', 'Cheetah would run it as Python');
    return false;
  }

  #hash(): boolean {
    if (this.#text.startsWith('##', this.#at)) return this.#comment();
    if (this.#text.startsWith('#*', this.#at)) return this.#longComment();
    const name = match(patterns.directive, this.#text, this.#at)?.slice(1) ?? '';
    const slip = slips.get(name);
    if (slip !== undefined) {
      this.#problems.invalid(this.#line(), `Cheetah has no #${name}; write #${slip}`);
    }
    return directives.has(name) && this.#directive(name);
  }

  #comment(): true {
    const isAlone = this.#isLineClear();
    this.#at += match(patterns.line, this.#text, this.#at)?.length ?? 0;
    if (isAlone) this.#dropLineEnd();
    return true;
  }

  #longComment(): true {
    this.#unsupported('a comment in #* *#', 'begin each line of the comment with ##');
    const end = this.#text.indexOf('*#', this.#at);
    this.#at = end < 0 ? this.#text.length : end + 2;
    return true;
  }

  #slurp(): boolean {
    if (match(patterns.slurp, this.#text, this.#at) === undefined) return false;
    this.#unsupported('# at the end of a line', 'Cheetah would join the next line; join them in the tool');
    return false;
  }

  #directive(name: string): true {
    const start = this.#at;
    const isAlone = this.#isLineClear();
    this.#flush();
    this.#at += name.length + 1;
    if (name === 'if' || name === 'elif') this.#conditional(name, start, isAlone);
    else if (name === 'else') this.#else(start, isAlone);
    else if (name === 'end') this.#end(start, isAlone);
    else this.#refuse(name, start, isAlone);
    return true;
  }

  #conditional(type: 'if' | 'elif', start: number, isAlone: boolean): void {
    const line = this.#source.lineAt(start);
    try {
      const { expression, end } = parseExpression(this.#source, this.#at);
      this.#parts.push({ type, condition: expression, line });
      this.#at = end;
      this.#finish(`#${type}`, isAlone);
    } catch (error) {
      this.#problems.take(error);
      // Something must stand here, lest the #end if be reported too.
      this.#parts.push({ type, condition: { type: 'constant', value: true }, line });
      this.#skipLine(isAlone);
    }
  }

  #else(start: number, isAlone: boolean): void {
    const elseIf = match(patterns.elseIf, this.#text, this.#at);
    if (elseIf !== undefined) {
      this.#at += elseIf.length;
      this.#conditional('elif', start, isAlone);
      return;
    }
    this.#parts.push({ type: 'else', line: this.#source.lineAt(start) });
    this.#finish('#else', isAlone);
  }

  #end(start: number, isAlone: boolean): void {
    const found = match(patterns.endOf, this.#text, this.#at) ?? '';
    const block = found.trim();
    this.#at += found.length;
    if (block === 'if') {
      this.#parts.push({ type: 'end if', line: this.#source.lineAt(start) });
      this.#finish('#end if', isAlone);
      return;
    }
    if (!this.#refused.has(block)) {
      this.#problems.invalid(
        this.#source.lineAt(start),
        `#end ${block} ends nothing that was begun; take it out`,
      );
    }
    this.#skipLine(isAlone);
  }

  #refuse(name: string, start: number, isAlone: boolean): void {
    this.#refused.add(name);
    const advice = 'use #if, #elif, #else and #end if, or write \\# if you mean the text itself';
    this.#problems.unsupported(this.#source.lineAt(start), `#${name}`, advice);
    const line = match(patterns.line, this.#text, this.#at) ?? '';
    for (const [word] of line.matchAll(/[A-Za-z_]\w*/g)) this.#refusedNames.add(word);
    const rawEnd = name === 'raw' ? this.#text.indexOf('#end raw', this.#at) : -1;
    if (rawEnd >= 0) this.#at = rawEnd;
    else this.#skipLine(isAlone);
  }

  /** Ends a directive: nothing may follow it but a comment, or `#` and then text. */
  #finish(directive: string, isAlone: boolean): void {
    this.#skipBlank();
    if (this.#text.charAt(this.#at) === ':') this.#at += 1;
    this.#skipBlank();
    if (this.#text.startsWith('##', this.#at)) this.#skipLine(isAlone);
    else if (this.#text.charAt(this.#at) === '#') this.#at += 1;
    else if (match(patterns.line, this.#text, this.#at) === '') this.#skipLine(isAlone);
    else {
      this.#unsupported(`text behind ${directive} on its line`, 'put it on the next line');
      this.#skipLine(isAlone);
    }
  }

  #dollar(): boolean {
    const opening = match(patterns.placeholder, this.#text, this.#at);
    const computed = match(patterns.computed, this.#text, this.#at);
    if (opening === '$' || (opening !== undefined && /^\$\{[ \t\f]*$/.test(opening)))
      return this.#name(opening);
    if (opening === undefined && computed === undefined) return false;
    const written = (opening ?? computed ?? '').trimEnd();
    const advice = `write \\$ if the shell shall see it, or \${name} for an input`;
    this.#unsupported(`"${written}" with an expression`, advice);
    return false;
  }

  #name(opening: string): boolean {
    const start = this.#at;
    const path = match(patterns.path, this.#text, start + opening.length) ?? '';
    let end = start + opening.length + path.length;
    const isBraced = opening.length > 1;
    if (isBraced) end += match(patterns.blank, this.#text, end)?.length ?? 0;
    const next = this.#text.charAt(end);
    const isRefused = isBraced ? next !== '}' : next === '(' || next === '[';
    if (isRefused) {
      const written = this.#text.slice(start, end + 1);
      const advice = isBraced
        ? `only \${name} and \${name.member} are`
        : `write \${name} if text follows the name`;
      this.#unsupported(`"${written}"`, `${advice}, or \\$ if the shell shall see it`);
      return false;
    }
    this.#flush();
    this.#parts.push({ type: 'name', path: path.split('.'), line: this.#source.lineAt(start) });
    this.#at = end + (isBraced ? 1 : 0);
    return true;
  }

  #unsupported(what: string, advice: string): void {
    this.#problems.unsupported(this.#line(), what, advice);
  }

  #line(): number {
    return this.#source.lineAt(this.#at);
  }

  #flush(): void {
    if (this.#pending === '') return;
    const text = this.#pending.replaceAll('\\$', '$').replaceAll('\\#', '#');
    this.#parts.push({ type: 'text', text });
    this.#pending = '';
  }

  #isLineClear(): boolean {
    const before = this.#text.slice(0, this.#at);
    return /(^|[\r\n])[ \t\f]*$/.test(before.slice(-1000));
  }

  #skipBlank(): void {
    this.#at += match(patterns.blank, this.#text, this.#at)?.length ?? 0;
  }

  #skipLine(withEnd: boolean): void {
    this.#at += match(patterns.line, this.#text, this.#at)?.length ?? 0;
    if (withEnd) this.#dropLineEnd();
  }

  #dropLineEnd(): void {
    this.#at += match(patterns.lineEnd, this.#text, this.#at)?.length ?? 0;
  }
}
