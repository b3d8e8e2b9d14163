import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(`${folder}/README.md`, 'utf8');
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] ?? '');

describe.skipIf(!requireRealMesos())('the examples of the README', () => {
  let cluster: RealMesos;

  beforeAll(async () => {
    cluster = await startMesos({ agents: [{ resources: 'cpus:2;mem:1024' }] });
  });

  afterAll(async () => {
    await cluster?.stop();
  });

  /** Runs an example as a program of its own, on this cluster in place of the one it names. */
  async function run(example: string): Promise<string> {
    const program = example
      .replaceAll(/127\.0\.0\.1:505\d/g, new URL(cluster.url).host)
      .replaceAll('@galaxy-mesos/mesos-client', `${folder}/src/index.ts`);
    const node = ['--input-type=module-typescript', '--conditions=@galaxy-mesos/source', '--eval', program];
    const { stdout } = await promisify(execFile)('node', node, { cwd: folder, timeout: 60_000 });
    return stdout;
  }

  it('print what is said there, and end by themselves', async () => {
    const [first = '', second = ''] = examples;
    const lines = (await run(first)).trim().split('\n');
    expect(lines).toContain('hello-1 TASK_RUNNING ');
    expect(lines.at(-1)).toBe('hello-1 TASK_FINISHED Command exited with status 0');
    expect((await run(second)).trim()).toBe('1 agents, of Mesos 1.11.0');
  });
});
