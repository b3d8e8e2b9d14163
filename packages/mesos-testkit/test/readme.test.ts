import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(`${folder}/README.md`, 'utf8');
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] ?? '');

/** Runs an example as a program of its own. */
async function run(example: string): Promise<string> {
  const node = ['--input-type=module-typescript', '--conditions=@galaxy-mesos/source', '--eval', example];
  const { stdout } = await promisify(execFile)('node', node, { cwd: folder, timeout: 60_000 });
  return stdout.trim();
}

describe('the examples of the README', () => {
  it('print what is said there, and end by themselves', async () => {
    expect(await Promise.all(examples.map(run))).toStrictEqual([
      '4000 0 3 minutes',
      '2',
      '1000 50',
      '2',
      'SUBSCRIBED RESCIND DISCONNECTED SUBSCRIBED',
      '307 true',
      'not now\n{"type":"GET_ROLES","get_roles":{"roles":[{"name":"web","weight":2}]}}',
      'hello',
    ]);
  });
});
