import { nearest } from '../nearest.ts';
import type { Problems } from '../problems.ts';
import type { ToolInput, ToolOutput } from '../tool.ts';
import type { Expression } from './expression.ts';
import type { Template } from './template.ts';

/** What `$input.member` of a dataset gives: text about it. The format goes by three names in Galaxy. */
export const formatMembers: readonly string[] = ['ext', 'extension', 'file_ext'];
const datasetMembers: readonly string[] = [...formatMembers, 'name', 'element_identifier', 'file_name'];
const outputMembers: readonly string[] = [...formatMembers, 'file_name'];

interface Reference {
  readonly path: readonly string[];
  readonly line: number;
}

/**
 * Finds names in a template that no run could resolve, whatever the values are.
 * @param refused names of things that were refused already; that they are missing is not reported again
 */
export function checkNames(
  template: Template,
  inputs: readonly ToolInput[],
  outputs: readonly ToolOutput[],
  refused: ReadonlySet<string>,
  problems: Problems,
): void {
  for (const reference of references(template)) {
    const [name = '', ...members] = reference.path;
    const known = [...inputs, ...outputs].map((one) => one.name);
    if (name === '__tool_directory__' && members.length === 0) continue;
    const output = outputs.find((one) => one.name === name);
    const input = inputs.find((one) => one.name === name);
    if (output !== undefined) checkMember(reference, members, outputMembers, problems);
    else if (input !== undefined) checkInput(reference, [input], members, refused, problems);
    else if (!refused.has(name)) reportUnknown(reference, name, known, problems);
  }
}

function checkInput(
  reference: Reference,
  candidates: readonly ToolInput[],
  members: readonly string[],
  refused: ReadonlySet<string>,
  problems: Problems,
): void {
  const groups = candidates.flatMap(groupMembers);
  const [member, ...rest] = members;
  if (candidates.every((one) => one.type !== 'section' && one.type !== 'conditional')) {
    const isData = candidates.every((one) => one.type === 'data');
    checkMember(reference, members, isData ? datasetMembers : [], problems);
  } else if (member === undefined) {
    problems.unsupported(
      reference.line,
      `${written(reference)}, a group of inputs,`,
      'name one of its members',
    );
  } else {
    const found = groups.filter((one) => one.name === member);
    if (found.length > 0) checkInput(reference, found, rest, refused, problems);
    else if (!refused.has(member)) {
      const names = Array.from(new Set(groups.map((one) => one.name)));
      reportUnknown(reference, member, names, problems);
    }
  }
}

/** The members that a group can have in any of its cases. */
function groupMembers(input: ToolInput): readonly ToolInput[] {
  if (input.type === 'section') return input.inputs;
  return input.type === 'conditional' ? [input.test, ...input.cases.flatMap((one) => one.inputs)] : [];
}

function checkMember(
  reference: Reference,
  members: readonly string[],
  known: readonly string[],
  problems: Problems,
): void {
  const [member] = members;
  if (member === undefined || (known.includes(member) && members.length === 1)) return;
  const owner = reference.path.slice(0, -members.length).join('.');
  const list = known.length === 0 ? 'it has no members' : `it has ${known.join(', ')}`;
  const advice = `${list}; write \${${owner}} if text follows the name`;
  problems.unsupported(reference.line, `"${members.join('.')}" of $${owner}`, advice);
}

function reportUnknown(
  reference: Reference,
  name: string,
  known: readonly string[],
  problems: Problems,
): void {
  if (name.startsWith('__') && name.endsWith('__')) {
    const advice = 'of the names that Galaxy reserves only $__tool_directory__ is';
    problems.unsupported(reference.line, written(reference), advice);
    return;
  }
  const suggestion = nearest(name, known);
  const hint = suggestion === undefined ? `there are ${known.join(', ')}` : `did you mean "${suggestion}"?`;
  problems.invalid(
    reference.line,
    `${written(reference)}: nothing has the name "${name}" (${hint}); write \\$ if the shell shall see it`,
  );
}

function written(reference: Reference): string {
  return `$${reference.path.join('.')}`;
}

function references(template: Template): readonly Reference[] {
  return template.flatMap((node) => {
    if (node.type === 'text') return [];
    if (node.type === 'name') return [node];
    return node.branches.flatMap(({ condition, body }) => [
      ...(condition === undefined ? [] : referencesIn(condition)),
      ...references(body),
    ]);
  });
}

function referencesIn(expression: Expression): readonly Reference[] {
  switch (expression.type) {
    case 'name':
      return [expression];
    case 'not':
    case 'str':
      return referencesIn(expression.operand);
    case 'and':
    case 'or':
      return [...referencesIn(expression.left), ...referencesIn(expression.right)];
    case 'list':
      return expression.items.flatMap(referencesIn);
    case 'comparison':
      return [expression.first, ...expression.rest.map((one) => one.operand)].flatMap(referencesIn);
    default:
      return [];
  }
}
