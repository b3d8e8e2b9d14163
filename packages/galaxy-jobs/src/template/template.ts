import type { Problems } from '../problems.ts';
import type { SourceText } from '../xml.ts';
import type { Expression } from './expression.ts';
import { type Part, templateParts } from './template-lexer.ts';

/** A command template as it was read: what is put together, one after the other. Plain data. */
export type Template = readonly TemplateNode[];

/** A piece of a template. */
export type TemplateNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'name'; readonly path: readonly string[]; readonly line: number }
  | { readonly type: 'if'; readonly branches: readonly Branch[] };

/** A part of a choice; the first whose condition is true counts, and the one of `#else` has none. */
export interface Branch {
  readonly condition: Expression | undefined;
  readonly body: Template;
}

interface OpenIf {
  readonly branches: { condition: Expression | undefined; body: TemplateNode[] }[];
  readonly line: number;
}

/** A template with the names that refused directives in it may have defined. */
export interface ParsedTemplate {
  readonly template: Template;
  readonly refusedNames: ReadonlySet<string>;
}

/** Reads the text of `<command>`; everything beyond the subset goes to `problems`, with its line. */
export function parseTemplate(source: SourceText, problems: Problems): ParsedTemplate {
  const root: TemplateNode[] = [];
  const open: OpenIf[] = [];
  const { parts, refusedNames } = templateParts(source, problems);
  for (const part of parts) {
    const body = open.at(-1)?.branches.at(-1)?.body ?? root;
    if (part.type === 'text' || part.type === 'name') body.push(part);
    else placeDirective(part, body, open, problems);
  }
  for (const { line } of open) problems.invalid(line, 'this #if has no #end if; add it');
  return { template: root, refusedNames };
}

type Directive = Exclude<Part, { type: 'text' } | { type: 'name' }>;

function placeDirective(part: Directive, body: TemplateNode[], open: OpenIf[], problems: Problems): void {
  if (part.type === 'if') {
    const branches = [{ condition: part.condition, body: [] }];
    body.push({ type: 'if', branches });
    open.push({ branches, line: part.line });
    return;
  }
  const current = open.at(-1);
  const isAfterElse = current?.branches.at(-1)?.condition === undefined;
  if (current === undefined || (part.type !== 'end if' && isAfterElse)) {
    const reason = current === undefined ? 'has no #if before it' : 'stands behind #else';
    problems.invalid(part.line, `this #${part.type} ${reason}; put it in its place`);
  } else if (part.type === 'end if') open.pop();
  else current.branches.push({ condition: part.type === 'elif' ? part.condition : undefined, body: [] });
}
