import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';

const folder = fileURLToPath(new URL('../../../examples/mesos-client/', import.meta.url));

/** A program of examples/ that runs, and what it has printed so far. */
class Example {
  output = '';
  readonly process: ChildProcess;
  readonly exit: Promise<number | null>;

  constructor(name: string, ...args: readonly string[]) {
    this.process = spawn(process.execPath, ['--conditions=@galaxy-mesos/source', folder + name, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    this.exit = once(this.process, 'close').then(([code]) => code);
  }

  async prints(text: string): Promise<void> {
    await expect.poll(() => this.output, { timeout: 30_000 }).toContain(text);
  }
}

describe.skipIf(!requireRealMesos())('the examples for mesos-client', () => {
  let cluster: RealMesos;
  const started: Example[] = [];
  const start = (name: string, ...args: readonly string[]): Example => {
    const example = new Example(name, ...args);
    started.push(example);
    return example;
  };

  beforeAll(async () => {
    cluster = await startMesos({ agents: [{ resources: 'cpus:2;mem:1024' }] });
  });

  afterEach(async () => {
    for (const example of started.splice(0)) {
      example.process.kill('SIGKILL');
      await example.exit;
    }
  });

  afterAll(async () => {
    await cluster?.stop();
  });

  it('framework.ts runs commands, tells of their ends, and fails if one did', async () => {
    const framework = start('framework.ts', cluster.url, 'echo one', 'true', 'exit 3');
    expect(await framework.exit).toBe(1);
    expect(framework.output).toContain(`at ${cluster.url}`);
    expect(framework.output).toContain('task-1: TASK_FINISHED');
    expect(framework.output).toContain('task-2: TASK_FINISHED');
    expect(framework.output).toContain('task-3: TASK_FAILED Command exited with status 3');
  });

  it('framework.ts ends its tasks by Ctrl-C', async () => {
    const framework = start('framework.ts', cluster.url, 'sleep 600');
    await framework.prints('task-1: TASK_RUNNING');
    framework.process.kill('SIGINT');
    expect(await framework.exit).toBe(130);
  });

  it('framework.ts says in a line that there is no master', async () => {
    const framework = start('framework.ts', 'ftp://nowhere', 'true');
    expect(await framework.exit).toBe(1);
    expect(framework.output.trim().split('\n')).toHaveLength(1);
    expect(framework.output).toContain('[INVALID_MASTER_URL]');
  });

  it('watch-events.ts tells what happens, and tail-sandbox.ts what a task writes', async () => {
    const watch = start('watch-events.ts', cluster.url);
    await watch.prints('1 agents, ');
    const framework = start(
      'framework.ts',
      cluster.url,
      'for i in 1 2 3 4 5 6; do echo line $i; sleep 0.3; done',
    );
    await framework.prints('task-1: TASK_RUNNING');
    const tail = start('tail-sandbox.ts', cluster.url, 'task-1');
    expect([await tail.exit, tail.output]).toStrictEqual([
      0,
      'line 1\nline 2\nline 3\nline 4\nline 5\nline 6\n',
    ]);
    expect(await framework.exit).toBe(0);
    await watch.prints('framework mesos-client example is gone');
    expect(watch.output).toContain('framework mesos-client example has come');
    expect(watch.output).toContain('task task-1 is launched');
    expect(watch.output).toContain('task task-1: TASK_FINISHED');
    watch.process.kill('SIGINT');
    expect(await watch.exit).toBe(130);
  });

  it('tail-sandbox.ts says that there is no such task', async () => {
    const tail = start('tail-sandbox.ts', cluster.url, 'no-such-task');
    expect(await tail.exit).toBe(1);
    expect(tail.output.trim()).toBe('the master knows no task no-such-task');
  });
});
