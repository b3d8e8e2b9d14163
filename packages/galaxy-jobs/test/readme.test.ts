import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import {
  jobEnvironment,
  jobOfDocument,
  parseJobDocument,
  parseTool,
  renderCommand,
  toolValues,
} from '../src/index.ts';

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

test('the job document of the README is one', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const document = parseJobDocument(/```json\n(.*?)```/s.exec(readme)?.[1]);
  const job = jobOfDocument(document, { id: 'job-1', inputs: { genes: [{ size: 12, modifiedAt: 0 }] } });
  expect(job.command).toBe("grep -c '>' /data/genes.fasta > count.txt");
  expect(job).toMatchObject({ resources: { mem: 2048 }, walltime: 3600, retries: 2 });
});
