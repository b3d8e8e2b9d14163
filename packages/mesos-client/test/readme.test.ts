import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';

const folder = fileURLToPath(new URL('..', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));
const readme = readFileSync(join(folder, 'README.md'), 'utf8');
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] ?? '');
const run = promisify(execFile);

function exampleWith(text: string): string {
  const found = examples.find((example) => example.includes(text));
  if (found === undefined) throw new Error(`no example of the README has ${text}`);
  return found;
}

describe('the README', () => {
  it('lists the errors as their source does', () => {
    const source = readFileSync(join(folder, 'src', 'mesos-error.ts'), 'utf8');
    const rows = [...source.matchAll(/^ \* (\| [A-Z_]+ \|.*)$/gm)].map(([, row]) => row);
    expect(rows.length).toBeGreaterThan(20);
    expect(readme).toContain(rows.join('\n'));
  });
});

describe('the examples of the README', () => {
  it('are right by their types', async () => {
    // Where packages are found from, and no other tool looks.
    const written = mkdtempSync(join(root, 'node_modules', '.readme-'));
    try {
      const files = examples.map((example, index) => {
        const file = join(written, `example-${index}.ts`);
        writeFileSync(file, example);
        return file;
      });
      const project = join(written, 'tsconfig.json');
      writeFileSync(project, JSON.stringify({ extends: join(root, 'tsconfig.base.json'), files }));
      const { stdout } = await run('tsc', ['--noEmit', '-p', project], { cwd: folder }).catch(
        (error) => error,
      );
      expect(stdout).toBe('');
    } finally {
      rmSync(written, { recursive: true });
    }
  });
});

describe.skipIf(!requireRealMesos())('the examples of the README on a real Mesos', () => {
  let cluster: RealMesos;

  beforeAll(async () => {
    cluster = await startMesos({ agents: [{ resources: 'cpus:2;mem:1024' }] });
  });

  afterAll(async () => {
    await cluster?.stop();
  });

  /** Runs an example as a program of its own, on this cluster in place of the one it names. */
  async function output(example: string): Promise<string> {
    const program = example
      .replaceAll(/127\.0\.0\.1:505\d/g, new URL(cluster.url).host)
      .replaceAll('@galaxy-mesos/mesos-client', `${folder}/src/index.ts`);
    const node = ['--input-type=module-typescript', '--conditions=@galaxy-mesos/source', '--eval', program];
    const { stdout } = await run('node', node, { cwd: folder, timeout: 60_000 });
    return stdout;
  }

  it('run a task and end', async () => {
    const lines = (await output(exampleWith("'hello-1'"))).trim().split('\n');
    expect(lines).toContain('hello-1 TASK_RUNNING ');
    expect(lines.at(-1)).toBe('hello-1 TASK_FINISHED Command exited with status 0');
  });

  it('ask a master and its agent', async () => {
    expect((await output(exampleWith('GET_VERSION'))).trim()).toBe('1 agents, of Mesos 1.11.0');
  });
});
