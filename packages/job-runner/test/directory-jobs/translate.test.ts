import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { commonFunctions } from '../../src/directory-jobs/script/common.ts';
import { translateFunctions } from '../../src/directory-jobs/script/tree.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'translate-'));
const [script, fromFile, toFile] = ['script', 'from', 'to'].map((name) => path.join(folder, name));
writeFileSync(
  script ?? '',
  `high=$'\\x80-\\xff'\nLC_ALL=C\n${commonFunctions}\n${translateFunctions}
IFS= read -r -d '' from <"$1"; IFS= read -r -d '' to <"$2"; shift 2
for file; do translate_file "$file" "$from" "$to"; done\n`,
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Puts one path in the place of another in each of some texts, as an attempt does. */
function translate(texts: readonly Buffer[], from: string, to: string): readonly Buffer[] {
  const files = texts.map((_, index) => path.join(folder, `text-${index}`));
  for (const [index, file] of files.entries()) writeFileSync(file, texts[index] ?? '');
  writeFileSync(fromFile ?? '', from);
  writeFileSync(toFile ?? '', to);
  const { status, stderr } = spawnSync('bash', [script ?? '', fromFile ?? '', toFile ?? '', ...files], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return files.map((file) => readFileSync(file));
}

/** The rule, said in another way: whole paths, which may follow an option's letter, but not another path. */
function expected(text: string, from: string, to: string): string {
  const isName = (character: string) => /[A-Za-z0-9_\u0080-\uffff-]/.test(character);
  let result = '';
  let place = 0;
  while (place < text.length) {
    if (!text.startsWith(from, place)) {
      result += text[place++];
      continue;
    }
    const [next = '', second = ''] = text.slice(place + from.length);
    const goesOn = isName(next) || (next === '.' && (isName(second) || second === '.'));
    const before = /[A-Za-z0-9_.\u0080-\uffff/-]*$/.exec(result)?.[0] ?? '';
    const isWithin = before.includes('/') && !before.endsWith('/');
    result += goesOn || isWithin ? from : to;
    place += from.length;
  }
  return result;
}

const directory = fc
  .array(
    fc.constantFrom(
      'a',
      'B9',
      '_',
      "'",
      '"',
      ' ',
      '$x',
      '*',
      '[a]',
      '&',
      '\\',
      'ü',
      '?',
      '!',
      '#',
      '~',
      '\n',
      '%s',
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => `/s/${parts.join('')}/7`);

it('replaces whole paths, whatever characters they have, and nothing else', { timeout: 300_000 }, () => {
  const pieces = (from: string) =>
    fc
      .array(
        fc.oneof(
          { weight: 3, arbitrary: fc.constant(from) },
          fc.constantFrom(
            '/',
            '.',
            '..',
            '-',
            '_',
            '2',
            ' ',
            '\n',
            '"',
            "'",
            ':',
            ',',
            '=',
            '-I',
            '/mnt',
            'ü',
            '\\',
            '&',
            '\r\n',
          ),
          fc.string({ maxLength: 5 }).filter((text) => !text.includes('\0')),
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join(''));
  const sample = fc
    .tuple(directory, directory)
    .chain(([from, to]) =>
      fc.tuple(fc.constant(from), fc.constant(to), fc.array(pieces(from), { maxLength: 20 })),
    );
  fc.assert(
    fc.property(sample, ([from, to, texts]) => {
      const results = translate(
        texts.map((text) => Buffer.from(text)),
        from,
        to,
      );
      expect(results.map(String)).toEqual(texts.map((text) => expected(text, from, to)));
    }),
    { numRuns: 60 },
  );
});

it('leaves what is no text, and what is too large for one, as it is', { timeout: 120_000 }, () => {
  const name = '/s/job/7';
  const binary = Buffer.from(`${name}\n\0${name}`);
  const latin = Buffer.concat([
    Buffer.from([0xe4, 0xff, 0x20]),
    Buffer.from(name),
    Buffer.from([0x0a, 0xe4]),
  ]);
  const large = Buffer.from(`${name}\n`.repeat(130_000));
  const [first, second, third] = translate([binary, large, latin], name, '/t');
  expect(first?.equals(binary)).toBe(true);
  expect(second?.equals(large)).toBe(true);
  expect(third?.toString('latin1')).toBe(latin.toString('latin1').replace(name, '/t'));
});
