import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { requireRealMesos, startMesos } from '../../../test-fixtures/real-mesos/real-mesos.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(folder, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);

/** Runs the example that holds a word, as a program of its own and with another word in the place of that. */
const runExample = async (word: string, other: string): Promise<string> => {
  const example = examples.find((code) => code.includes(word)) ?? '';
  const program = example.replaceAll(word, other);
  const node = ['--input-type=module-typescript', '--conditions=@galaxy-mesos/source', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, node, { cwd: folder, timeout: 60_000 });
  return stdout;
};

describe('the examples of the README', () => {
  it('run a command on this machine', async () => {
    const sandboxes = await mkdtemp(join(tmpdir(), 'readme-'));
    try {
      const output = await runExample('/tmp/sandboxes', sandboxes);
      expect(output).toBe('TASK_RUNNING \nTASK_FAILED Command exited with status 3\n');
    } finally {
      await rm(sandboxes, { recursive: true });
    }
  });

  it.skipIf(!requireRealMesos())('run a command on a cluster', async () => {
    const cluster = await startMesos({ agents: [{ resources: 'cpus:2;mem:1024;disk:1024' }] });
    try {
      const { host, port } = new URL(cluster.url);
      const output = await runExample('127.0.0.1:5050', host);
      expect(output.trim().split('\n')).toEqual([
        'TASK_STARTING ',
        'TASK_RUNNING ',
        'TASK_FAILED Command exited with status 3',
        expect.stringMatching(new RegExp(`^hello from .+:${port}$`)),
      ]);
    } finally {
      await cluster.stop();
    }
  });
});
