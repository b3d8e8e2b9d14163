import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const folder = path.join(import.meta.dirname, '..');
const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

/** Runs the example that holds a word as a program of its own; answers the last line that it prints. */
async function lastLineOf(word: string): Promise<string | undefined> {
  const program = examples.find((code) => code.includes(word)) ?? '';
  const node = ['--input-type=module-typescript', '--conditions=@galaxy-mesos/source', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, node, { cwd: folder, timeout: 60_000 });
  return stdout.trim().split('\n').at(-1);
}

test.each(['new JobRunner', 'await runJob'])('the example with %s in the README runs a job', async (word) => {
  expect(await lastLineOf(word)).toMatch(/^ok\b/);
});
