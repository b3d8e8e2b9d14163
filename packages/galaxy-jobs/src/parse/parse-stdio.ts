import { type ErrorLevel, errorLevels, failOnExitCode, type StdioRules } from '../job.ts';
import { parseInteger } from '../numbers.ts';
import { checkVocabulary, describe, type Problems } from '../problems.ts';
import { aggressivePhrases } from '../stdio-presets.ts';
import type { XmlElement } from '../xml.ts';
import { isBefore } from './profile.ts';

type ExitCodeRule = StdioRules['exitCodes'][number];

/**
 * Reads how a failure of the tool is told: `<stdio>`, then `detect_errors` of the command, then what the
 * profile says. Galaxy lets the gravest of all rules that fit decide; {@link StdioRules} lets the first, so the
 * rules are put in the order of their gravity. A tool that has no rule at all fails if it writes to stderr.
 */
export function parseStdio(
  root: XmlElement,
  command: XmlElement | undefined,
  profile: string,
  problems: Problems,
): StdioRules {
  const elements = root.children.filter((child) => child.tag === 'stdio');
  const children = elements.flatMap((element) => {
    checkVocabulary(element, { attributes: [], children: ['exit_code', 'regex'] }, problems);
    return element.children;
  });
  const written = children.filter(({ tag }) => tag === 'exit_code').flatMap((one) => exitCode(one, problems));
  const phrases = children.filter(({ tag }) => tag === 'regex').flatMap((one) => phrase(one, problems));
  const detected = detectErrors(command, elements.length > 0, profile, problems);
  const exitCodes = [...written, ...detected.exitCodes].toSorted(
    (a, b) => gravity(b.level) - gravity(a.level),
  );
  const failOnPhrases = [...phrases, ...detected.failOnPhrases];
  const failOnStderr = exitCodes.length === 0 && failOnPhrases.length === 0;
  return { exitCodes, failOnStderr, failOnPhrases };
}

function gravity(level: ErrorLevel): number {
  return errorLevels.indexOf(level);
}

function detectErrors(
  command: XmlElement | undefined,
  hasStdio: boolean,
  profile: string,
  problems: Problems,
): Pick<StdioRules, 'exitCodes' | 'failOnPhrases'> {
  const detect = command?.attributes.get('detect_errors') ?? 'default';
  const { exitCodes } = failOnExitCode;
  if (detect === 'exit_code')
    return { exitCodes: [...outOfMemory(command, problems), ...exitCodes], failOnPhrases: [] };
  if (detect === 'aggressive') return { exitCodes, failOnPhrases: aggressivePhrases };
  if (detect !== 'default') {
    const line = command?.line ?? 1;
    problems.invalid(line, `detect_errors="${detect}" must be default, exit_code or aggressive`);
  }
  const isLegacy = !isBefore('16.01', profile);
  return { exitCodes: hasStdio || isLegacy ? [] : exitCodes, failOnPhrases: [] };
}

function outOfMemory(command: XmlElement | undefined, problems: Problems): ExitCodeRule[] {
  const text = command?.attributes.get('oom_exit_code');
  if (text === undefined) return [];
  const code = parseInteger(text);
  if (code !== undefined) return [{ from: code, to: code, level: 'fatal_oom' }];
  problems.invalid(command?.line ?? 1, `oom_exit_code="${text}" must be a whole number`);
  return [];
}

function exitCode(element: XmlElement, problems: Problems): ExitCodeRule[] {
  checkVocabulary(
    element,
    { attributes: ['range', 'value', 'level', 'description'], children: [] },
    problems,
  );
  const level = levelOf(element, problems);
  const text = (element.attributes.get('range') ?? element.attributes.get('value') ?? '').replaceAll(
    /\s/g,
    '',
  );
  const range = readRange(text);
  if (range === undefined) {
    problems.invalid(
      element.line,
      `range="${text}" of <exit_code> must be N, N:M, :M or N:, with N not above M`,
    );
  }
  return range === undefined || level === undefined ? [] : [{ ...range, level }];
}

function readRange(text: string): { from: number | null; to: number | null } | undefined {
  if (/^-?\d+$/.test(text)) return { from: Number(text), to: Number(text) };
  const match = /^(-?\d+)?:(-?\d+)?$/.exec(text);
  if (match === null) return undefined;
  const [, first, last] = match;
  const from = first === undefined ? null : Number(first);
  const to = last === undefined ? null : Number(last);
  return from !== null && to !== null && from > to ? undefined : { from, to };
}

function levelOf(element: XmlElement, problems: Problems): ErrorLevel | undefined {
  const text = element.attributes.get('level') ?? 'fatal';
  const level = errorLevels.find((one) => one === text);
  if (level === undefined) {
    problems.invalid(
      element.line,
      `level="${text}" of ${describe(element)} must be ${errorLevels.join(', ')}`,
    );
  }
  return level;
}

/** A pattern that is a plain text in both streams and fatal is a phrase; all others are refused. */
function phrase(element: XmlElement, problems: Problems): string[] {
  const attributes = ['match', 'source', 'level', 'description'];
  checkVocabulary(element, { attributes, children: [] }, problems);
  const pattern = element.attributes.get('match') ?? '';
  const source = element.attributes.get('source') ?? 'both';
  const text = literalText(pattern);
  const isBoth = source === 'both' || (source.includes('stdout') && source.includes('stderr'));
  if (levelOf(element, problems) === 'fatal' && isBoth && text !== undefined && text !== '') return [text];
  problems.unsupported(
    element.line,
    `<regex match="${pattern}">`,
    'use exit codes, or a plain text that is fatal in both stdout and stderr',
  );
  return [];
}

/** The only text that a pattern matches, if there is just one. */
function literalText(pattern: string): string | undefined {
  if (!/^(\\[^\w\s]|[^\\.^$*+?{}[\]|()])*$/.test(pattern)) return undefined;
  return pattern.replaceAll(/\\(.)/g, '$1');
}
