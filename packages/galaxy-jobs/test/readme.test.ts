import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { jobEnvironment, parseTool, renderCommand, toolValues } from '../src/index.ts';

test('the first example of the README prints what it says', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\nimport [^\n]*\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const printed: string[] = [];
  const log = (...values: unknown[]) => {
    const texts = values.map((value) =>
      typeof value === 'string' ? value : inspect(value, { breakLength: Number.POSITIVE_INFINITY }),
    );
    printed.push(texts.join(' '));
  };
  const names = ['jobEnvironment', 'parseTool', 'renderCommand', 'toolValues', 'console'];
  new Function(...names, example)(jobEnvironment, parseTool, renderCommand, toolValues, { log });
  const promised = Array.from(example.matchAll(/^\/\/ (.*)$/gm), ([, text]) => text);
  expect(printed).toEqual(promised);
  expect(printed).toHaveLength(2);
});
