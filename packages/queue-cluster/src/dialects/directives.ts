import { QueueClusterError } from '../queue-cluster-error.ts';
import type { BatchJobRequest } from './dialect.ts';
import { oneLine } from './one-line.ts';
import { shellWord } from './shell-word.ts';

/** A script with directives after its first line, `#!…`, where the queueing systems look for them. */
export function withDirectives(script: string, directives: readonly string[]): string {
  const end = script.indexOf('\n');
  const [first, rest] = end < 0 ? [script, ''] : [script.slice(0, end), script.slice(end + 1)];
  return `${[first, ...directives].join('\n')}\n${rest}`;
}

/**
 * A value for a directive: it is on one line, for what followed a line's end would be a line of its own.
 * @throws QueueClusterError `INVALID_DEFINITION`, which names what the value is.
 */
export function directiveValue(what: string, value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!/[\u0000-\u001f\u007f\u0085\u2028\u2029]/.test(value)) return value;
  throw new QueueClusterError(
    'INVALID_DEFINITION',
    `${what} ${oneLine(JSON.stringify(value))} has a line's end or another control character in it: write it without`,
  );
}

/** An option that no line of a site's own may have. */
export interface BarredOption {
  /** Fits the word that begins with `-`, and what follows it as its value: `-q main@other`. */
  readonly option: RegExp;
  /** Goes on after "it has -q, which". */
  readonly because: string;
}

/** Why batch jobs of pilots cannot have some options, whatever the queueing system calls them. */
export const barredBecause = {
  name: 'names the job, by which name it is looked for: each has its own',
  array: 'makes several jobs of one: pilots are single jobs',
  elsewhere:
    'sends the job to another server or cluster, where nobody looks for it: log in where that one is the default',
  waits: 'has the submit wait for the job: it would be ended for taking too long',
  silent: 'has the submit say no id of the job',
  plans: 'has the job checked, and not submitted',
} as const;

interface LineForm {
  readonly form: RegExp;
  readonly title: string;
  readonly example: string;
  readonly barred?: readonly BarredOption[];
}

/**
 * A directive of the site's own, which has to be one, for any other line would be run, and may not take a job from where
 * it is looked for.
 * @throws QueueClusterError `INVALID_DEFINITION`
 */
export function directiveLine(line: string, { form, title, example, barred = [] }: LineForm): string {
  if (!form.test(directiveValue('the extra line', line)))
    throw new QueueClusterError(
      'INVALID_DEFINITION',
      `the extra line ${oneLine(JSON.stringify(line), 200)} is none of ${title}: expected a line such as \`${example}\``,
    );
  // Quotes and backslashes do not hide an option.
  const words = line.replaceAll(/["'\\]/g, '').split(/\s+/);
  for (const [index, word] of words.entries()) {
    const why = barred.find(
      ({ option }) => word.startsWith('-') && option.test(`${word} ${words[index + 1] ?? ''}`),
    );
    if (why)
      throw new QueueClusterError(
        'INVALID_DEFINITION',
        `the extra line ${oneLine(JSON.stringify(line), 120)} cannot be: it has ${oneLine(word, 40)}, which ${why.because}`,
      );
  }
  return line;
}

/** What a queueing system takes as one word of a directive, where quotes mean nothing to it. */
interface WordForm {
  readonly form: RegExp;
  readonly title: string;
  /** Ends the sentence "expected …". */
  readonly expected: string;
}

/**
 * A value that a directive can hold as one word.
 * @throws QueueClusterError `INVALID_DEFINITION`, which names what the value is, and what it may be.
 */
export function directiveWord(what: string, value: string, { form, title, expected }: WordForm): string {
  if (form.test(value)) return value;
  throw new QueueClusterError(
    'INVALID_DEFINITION',
    `${what} ${oneLine(JSON.stringify(value), 100)} cannot be told to ${title}: expected ${expected}`,
  );
}

/**
 * The paths of a batch job as its directives can hold them; what they cannot hold is the script's own matter, by lines
 * at its start.
 */
export function pathDirectives(
  request: BatchJobRequest,
  plain: RegExp,
): { readonly log: string; readonly directory: string; readonly commands: readonly string[] } {
  const directory = directiveValue('the directory', request.directory);
  const log = directiveValue('the log file', request.log);
  const isLogPlain = plain.test(log);
  const isDirectoryPlain = plain.test(directory);
  return {
    log: isLogPlain ? log : '/dev/null',
    directory: isDirectoryPlain ? directory : '/',
    commands: [
      ...(isLogPlain ? [] : [`exec >>${shellWord(log)} 2>&1 || exit 1`]),
      ...(isDirectoryPlain ? [] : [`cd -- ${shellWord(directory)} || exit 1`]),
    ],
  };
}

/** Whether a directive of the site's own, which begins with `mark`, says something already. */
export const saysAlready = (extra: readonly string[], mark: string, pattern: RegExp): boolean =>
  extra.some((line) => line.startsWith(mark) && pattern.test(line));

/** Nodes by their host names, as the status tells them; others cannot be put into an expression. */
export const hostNames = (nodes: readonly string[]): readonly string[] =>
  nodes.filter((node) => /^[A-Za-z0-9._-]+$/.test(node));
