import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = path.join(import.meta.dirname, '..');
const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'readme-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

test.each([
  ['the first', 0, 'queued\n[]\n'],
  ['the second', 1, 'true\n'],
])('%s example of the README prints what it says', async (_name, index, expected) => {
  const program =
    examples[index]?.replaceAll('/tmp/job-store-example', path.join(directory, 'example')) ?? '';
  const options = ['--input-type=module-typescript', '--conditions=@galaxy-mesos/source', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd: folder, timeout: 60_000 });
  expect(stdout).toBe(expected);
});
