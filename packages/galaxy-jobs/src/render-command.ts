import { formatMembers } from './template/check-names.ts';
import { evaluate, failure, type Resolve } from './template/evaluate.ts';
import { isTruthy, toText } from './template/python.ts';
import type { Template } from './template/template.ts';
import type { Tool, ToolOutput } from './tool.ts';
import { ToolError } from './tool-error.ts';
import type { ToolValue, ToolValues } from './values.ts';

/** The files that stand in a rendered command. */
export interface CommandPaths {
  /** The file of each output, by its name. An output with `fromWorkDir` may be left out. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The file of an input, by its full name, where it is not the dataset's own path: a part of it, or a copy. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** The directory that the tool's XML is in, for `$__tool_directory__`. */
  readonly toolDirectory?: string;
}

type ScopeValue =
  | ToolValue
  | { readonly type: 'output'; readonly path: string | undefined; readonly format: string }
  | { readonly type: 'directory'; readonly path: string | undefined };

type Scope = ReadonlyMap<string, ScopeValue>;

/**
 * Letters and digits of any script and signs that mean nothing to a shell. A template may or may not put a path
 * in quotes, so a path must be safe without them. Galaxy's own paths always are.
 */
const safePath = /^[\p{L}\p{N}_./+=:,@%][\p{L}\p{N}_./+=:,@%-]*$/u;

/**
 * Builds the command line of a tool for given values, as Galaxy does: Cheetah, then every line stripped and the
 * lines joined by blanks. Galaxy runs it by `/bin/bash`, under `set -e` if {@link Tool.strictShell} says so.
 *
 * @param values from `toolValues` of the same tool
 * @throws ToolError `RENDER_FAILED` if the command cannot be built from these values and paths
 */
export function renderCommand(tool: Tool, values: ToolValues, paths: CommandPaths): string {
  try {
    const scope = scopeOf(tool, values, paths);
    const text = render(tool.command.template, (path, line) => resolve(scope, path, line));
    const command = text
      .split('\n')
      .map((line) => line.trim())
      .join(' ')
      .replaceAll('\r', ' ')
      .trim();
    if (command === '') throw failure('the command is empty for these values; choose others');
    return command;
  } catch (error) {
    if (error instanceof ToolError) throw new ToolError(error.problems, tool.id, { cause: error });
    throw error;
  }
}

function render(template: Template, resolveName: Resolve): string {
  return template
    .map((node) => {
      if (node.type === 'text') return node.text;
      if (node.type === 'name') return toText(resolveName(node.path, node.line));
      const branch = node.branches.find(
        ({ condition }) => condition === undefined || isTruthy(evaluate(condition, resolveName)),
      );
      return branch === undefined ? '' : render(branch.body, resolveName);
    })
    .join('');
}

function scopeOf(tool: Tool, values: ToolValues, paths: CommandPaths): Scope {
  const scope = new Map<string, ScopeValue>();
  const replacements = new Map(Object.entries(paths.inputs ?? {}));
  for (const [name, value] of Object.entries(values)) scope.set(name, withPaths(value, name, replacements));
  for (const output of tool.outputs) {
    const path = Object.hasOwn(paths.outputs, output.name) ? paths.outputs[output.name] : undefined;
    scope.set(output.name, { type: 'output', path, format: formatOf(output, values) });
  }
  scope.set('__tool_directory__', { type: 'directory', path: paths.toolDirectory });
  return scope;
}

function withPaths(value: ToolValue, fullName: string, replacements: ReadonlyMap<string, string>): ToolValue {
  if (value.type === 'group') {
    const members = Object.entries(value.members).map(
      ([name, member]) => [name, withPaths(member, `${fullName}|${name}`, replacements)] as const,
    );
    return { type: 'group', members: Object.fromEntries(members) };
  }
  if (value.type !== 'data' || value.dataset === null) return value;
  return {
    type: 'data',
    dataset: { ...value.dataset, path: replacements.get(fullName) ?? value.dataset.path },
  };
}

/** The format of an output: its own, or that of the input which it names. */
function formatOf(output: ToolOutput, values: ToolValues): string {
  if (output.formatSource === undefined) return output.format;
  const [first = '', ...rest] = output.formatSource.split('|');
  let value: ToolValue | undefined = own(values, first);
  for (const name of rest) value = value?.type === 'group' ? own(value.members, name) : undefined;
  return value?.type === 'data' ? (value.dataset?.format ?? output.format) : output.format;
}

function own(values: ToolValues, name: string): ToolValue | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function resolve(scope: Scope, path: readonly string[], line: number): ReturnType<Resolve> {
  const [name = '', ...members] = path;
  let value = scope.get(name);
  let rest = members;
  while (value?.type === 'group' && rest.length > 0) {
    value = own(value.members, rest[0] ?? '');
    rest = rest.slice(1);
  }
  if (value === undefined || value.type === 'group') {
    const reason = members.length > 0 ? 'does not apply to the chosen case' : 'has no value';
    throw failure(`$${path.join('.')} ${reason}; ask for the case with #if first`, line);
  }
  return memberOf(value, rest[0], path, line);
}

function memberOf(
  value: Exclude<ScopeValue, { type: 'group' }>,
  member: string | undefined,
  path: readonly string[],
  line: number,
): ReturnType<Resolve> {
  const written = `$${path.join('.')}`;
  if (value.type === 'directory') return checkedPath(value.path, written, line);
  if (value.type === 'output') {
    if (isFormat(member)) return { type: 'about', value: value.format };
    return checkedPath(value.path, written, line);
  }
  if (value.type !== 'data') return value;
  if (member !== undefined && member !== 'file_name') {
    if (value.dataset === null) throw failure(`${written}: no dataset was given; ask with #if first`, line);
    return { type: 'about', value: isFormat(member) ? value.dataset.format : value.dataset.name };
  }
  if (value.dataset !== null) checkedPath(value.dataset.path, written, line);
  return value;
}

function isFormat(member: string | undefined): boolean {
  return member !== undefined && formatMembers.includes(member);
}

function checkedPath(path: string | undefined, written: string, line: number): string {
  if (path === undefined) throw failure(`no path was given for ${written}; give one`, line);
  if (safePath.test(path)) return path;
  const text = `the path "${path}" of ${written} has characters that a shell may read as more than a name`;
  throw failure(`${text}; give the file another name, or a link with a plain name`, line);
}
