import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JobDescriptionError } from '../job-description-error.ts';
import { fillPlaceholders } from './placeholders.ts';

const shells = ['/bin/sh', '/bin/bash'];
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'placeholders-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Fills a command, or answers nothing where that is refused. */
function filledOrRefused(command: string, value: string): string | undefined {
  try {
    return fillPlaceholders(command, new Map([['k', value]]));
  } catch (error) {
    if (error instanceof JobDescriptionError) return undefined;
    throw error;
  }
}

const hostile = fc.constantFrom(
  ...[
    "'",
    '"',
    '`',
    '$(',
    ')',
    '${',
    '}',
    '\\',
    '\n',
    ';',
    '#',
    '&',
    '|',
    '<<E\n',
    '\nE\n',
    ' ',
    '{k}',
    'x',
    '*',
    '~',
    '!',
  ],
);
const values = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed()),
  fc.array(hostile, { maxLength: 8 }).map((pieces) => pieces.join('')),
);

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the shell's.
describe('a value in a command', { timeout: 120_000 }, () => {
  it.each([
    ['bare', '{k}'],
    ['between single quotes', "'{k}'"],
    ['between double quotes', '"{k}"'],
    ['beside plain words between quotes', `'a{k}'"b{k}":{k}`],
    ['in a command within a command', `"$(printf %s "{k}"; printf x)"`],
  ])('reaches the program as it is, %s', (_, written) => {
    fc.assert(
      fc.property(values, (value) => {
        const command = fillPlaceholders(`printf %s ${written}`, new Map([['k', value]]));
        const expected = written
          .replace(/"\$\(.*/, '{k}x')
          .replaceAll(/['"]/g, '')
          .replaceAll('{k}', () => value);
        for (const shell of shells) {
          expect(execFileSync(shell, ['-c', command], { encoding: 'utf8', env: {} })).toBe(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  const pieces = fc.constantFrom(
    ...["'", '"', '`', '$(', ')', '(', '${x}', '${x:-', '}', '\\', '\n', ';', '#', '<<E', '<<-"E"', 'E'],
    ...['\nE\n', ' ', ' ', ' ', '$', "$'", '$"', '$[', ']', '$((', '((', '))', 'case x in x) ', ';;', 'esac'],
    ...[
      '<',
      '<<<',
      '<(',
      '[[ ',
      ' ]]',
      '\t',
      '\r',
      '\u00a0',
      '\\\n',
      '!',
      '{ ',
      ' }',
      '=',
      'x',
      'printf %s ',
    ],
    ...['{k}', '{k}', '{k}', '{k}', '"{k}"', "'{k}'", '{{k}}'],
  );
  const commands = fc.array(pieces, { minLength: 1, maxLength: 14 }).map((all) => all.join(''));
  const attacks = [
    "'\n;pwned;'",
    '"\n;pwned;"',
    '$(pwned)',
    '`pwned`',
    '\n pwned \n',
    '\nE\npwned\n',
    ')\npwned\n',
    '}\npwned\n',
    'a[$(pwned)]',
  ];
  const attack = fc.uniqueArray(fc.constantFrom(...attacks), { minLength: 1 }).map((all) => all.join(''));

  it('is never run, whatever stands around it', () => {
    const runs = Number(process.env.PLACEHOLDER_RUNS ?? 300);
    fc.assert(
      fc.property(commands, attack, (command, value) => {
        const filled = filledOrRefused(command, value);
        if (filled === undefined) return;
        for (const shell of shells) expect(printedBy(shell, filled), filled).not.toContain('PWNED');
      }),
      { numRuns: runs },
    );
  });

  // Nobody puts a command together of what is in a variable and what is not: words of the shell begin a word here.
  const numbers = fc.constantFrom(
    ...[
      ' ((',
      '))',
      ' [[ ',
      ' ]]',
      ' for ((',
      '$((',
      ' let ',
      ' declare ',
      ' declare -i ',
      ' local ',
      ' x=',
      ' a[',
    ],
    ...[
      ']=1',
      ' a=(',
      ')',
      '[',
      ' read ',
      ' unset ',
      ' printf -v ',
      ' printf ',
      ' test ',
      ' [ ',
      ' ]',
      ' -v ',
    ],
    ...[
      ' -gt ',
      ' > ',
      ' export ',
      ' f() { ',
      '; }; f',
      ';',
      '; ',
      '\n',
      ' ',
      ' ',
      ' 1',
      ' && ',
      '|',
      '=$x',
      '"',
    ],
    ...["'", ' <<< ', ', ', '{k}', '{k}', '{k}', '{k}', '"{k}"', "'{k}'", '=$(x {k})'],
  );
  const calculations = fc.array(numbers, { minLength: 1, maxLength: 9 }).map((all) => all.join(''));
  const index = fc.constantFrom('a[$(pwned)]', 'a[$(pwned)]=1', '($(pwned))', '$(pwned)', 'x=a[$(pwned)]');

  it('is never run where bash calculates', () => {
    const runs = Number(process.env.PLACEHOLDER_RUNS ?? 300);
    fc.assert(
      fc.property(calculations, index, (command, value) => {
        const filled = filledOrRefused(command, value);
        if (filled !== undefined) expect(printedBy('/bin/bash', filled), filled).not.toContain('PWNED');
      }),
      { numRuns: runs },
    );
  });

  function printedBy(shell: string, command: string): string {
    const script = `pwned() { printf 'PWN%s' ED >&3; }\n${command}`;
    const options = { cwd: directory, env: { PATH: '/nowhere' }, timeout: 20_000, input: '' };
    try {
      return execFileSync(
        shell,
        ['-c', 'exec 3>&1 >/dev/null 2>&1; eval "$1"', shell, script],
        options,
      ).toString();
    } catch (error) {
      // Most of these are no commands at all.
      return error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
    }
  }
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the shell's.
