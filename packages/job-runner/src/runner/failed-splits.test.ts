import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Job, SplitStep } from '@galaxy-mesos/galaxy-jobs';
import type { Launch } from '@galaxy-mesos/scheduler';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RunnerBench } from '../testing/runner-bench.ts';

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

// Jobs that are split are planned by programs of their own.
vi.setConfig({ testTimeout: 60_000 });

let bench: RunnerBench;
beforeEach(() => {
  bench = new RunnerBench();
});
afterEach(() => bench[Symbol.asyncDispose]());

const runs = { strategy: 'replicate', inputs: [], parameters: { replicates: 2 } };

/** A job whose results are added up. */
function splitJob(id: string, by: readonly SplitStep[], merges = [{ merge: 'sum' }]): Job {
  const job = bench.job(id, { split: { alternatives: [{ by: [...by] }] } });
  return { ...job, outputs: job.outputs.map((output) => ({ ...output, merges })) };
}

/** Leaves one line as the result. */
function leave(line: string, { attemptId }: Launch): 'finish' {
  const [jobId = ''] = attemptId.split('-');
  const directory = path.join(bench.root, 'jobs', jobId, 'attempts', attemptId);
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, 'result.txt'), `${line}\n`);
  return 'finish';
}

const resultOf = (id: string) => readFileSync(path.join(bench.root, 'results', `${id}.txt`), 'utf8');
const isPart = (attemptId: string, ...parts: readonly number[]) =>
  parts.some((part) => attemptId.includes(`-00000${part}.`));

describe('a join that fails while parts run', () => {
  const sweep = (name: string) => ({
    strategy: 'sweep',
    inputs: [],
    parameters: { values: { [name]: [1, 2] } },
  });

  test('begins no more of them, and leaves what is there to a retry', async () => {
    bench.cluster.play = (launch) => (isPart(launch.attemptId, 2, 3) ? 'run' : leave('no number', launch));
    const by = [sweep('a'), sweep('b')];
    const runner = await bench.start();
    const merges = [{ merge: 'sum' }, { merge: 'sum' }];
    await runner.submit({ ...splitJob('nested', by, merges), command: 'echo {a} {b}', retries: 1 });
    expect(await runner.ended('nested')).toMatchObject({ state: 'error', tasks: { active: 2 } });
    const attempts = () => [...bench.cluster.attempts.values()];
    const [done, lost] = attempts().filter(({ launch }) => isPart(launch.attemptId, 2, 3));
    if (done) leave('1', done.launch);
    bench.cluster.end(done?.launch.attemptId ?? '', 'TASK_FINISHED');
    bench.cluster.end(lost?.launch.attemptId ?? '', 'TASK_FAILED', { exitCode: 1 });
    await eventually(() => expect(runner.job('nested')?.tasks).toMatchObject({ finished: 3, waiting: 1 }));
    // Another one begins meanwhile.
    bench.cluster.play = (launch) => bench.finish(launch);
    await runner.submit(bench.job('another'));
    expect(await runner.ended('another')).toMatchObject({ state: 'ok' });
    expect(bench.runs).not.toMatchObject({ [lost?.launch.attemptId.replace(/-\d+$/, '') ?? '']: 2 });
    bench.cluster.play = (launch) => leave('1', launch);
    for (const { launch } of attempts()) leave('1', launch);
    await runner.retry('nested');
    expect(await runner.ended('nested')).toMatchObject({ state: 'ok', tasks: { finished: 4 } });
    expect(resultOf('nested')).toBe('4\n');
  });
});

describe('a plan that could only not be made this time', () => {
  const flag = () => path.join(bench.root, 'there');

  /** A strategy that is killed while it plans, as where memory is short, until there is the flag. */
  function mortal(plan: string): string {
    const module = path.join(bench.root, 'module.mjs');
    const zod = pathToFileURL(path.resolve('node_modules/zod/index.js')).href;
    writeFileSync(
      module,
      `import { existsSync } from 'node:fs';
import { z } from ${JSON.stringify(zod)};
const part = (index, n = '') => ({ index, slices: [], values: { n: String(n) }, records: 1, cost: 1 });
const fall = () => existsSync(${JSON.stringify(flag())}) || process.kill(process.pid, 'SIGKILL');
const mortal = {
  name: 'mortal',
  description: 'What a test wants.',
  parameters: z.strictObject({}),
  inputs: { least: 0, most: 0 },
  valueNames: async () => ['n'],
  async *plan(inputs, parameters, context) { ${plan} },
};
export default { strategies: [mortal] };
`,
    );
    return module;
  }
  const by = [{ strategy: 'mortal', inputs: [], parameters: {} }];

  test('leaves what is done to a retry', async () => {
    const module = mortal('yield part(0); await context.took(0); fall(); yield part(1);');
    bench.cluster.play = (launch) => leave('1', launch);
    const runner = await bench.start({ strategyModules: [module] });
    await runner.submit({ ...splitJob('passing', by), command: 'echo {n}' });
    expect(await runner.ended('passing')).toMatchObject({
      state: 'error',
      message: expect.stringContaining('SIGKILL'),
      tasks: { finished: 1, cancelled: 0 },
    });
    writeFileSync(flag(), '');
    await runner.retry('passing');
    expect(await runner.ended('passing')).toMatchObject({ state: 'ok', tasks: { finished: 2 } });
    expect(resultOf('passing')).toBe('2\n');
    expect(Object.values(bench.runs)).toEqual([1, 1]);
  });

  test('comes to the same parts where one by whose time they were cut is tried again', async () => {
    const module = mortal(
      'yield part(0); yield part(1, await context.took(0)); await context.took(1); fall();',
    );
    bench.cluster.play = (launch) => (isPart(launch.attemptId, 0) ? { exitCode: 9 } : leave('1', launch));
    const runner = await bench.start({ strategyModules: [module] });
    const job = splitJob('timed', by);
    const split = { alternatives: [{ by }], failedParts: 'skip' as const };
    await runner.submit({ ...job, split, command: 'echo {n}' });
    const fallen = { state: 'error', tasks: { failed: 1, finished: 1 } };
    expect(await runner.ended('timed')).toMatchObject(fallen);
    writeFileSync(flag(), '');
    const { promise: soon, resolve } = Promise.withResolvers<void>();
    // It takes another time.
    setTimeout(resolve, 50);
    bench.cluster.play = (launch) => soon.then(() => leave('1', launch));
    await runner.retry('timed');
    expect(await runner.ended('timed')).toMatchObject({ state: 'ok', tasks: { finished: 2 } });
    expect(resultOf('timed')).toBe('2\n');
  });
});

describe.skipIf(process.geteuid?.() !== 0)('jobs whose user this machine does not know', () => {
  test('are not split by root', async () => {
    const first = bench.make();
    await first.load();
    await first.submit(splitJob('before', [runs]));
    await bench.reopen();
    const runner = await bench.start({ runAs: 'galaxy' });
    await expect(runner.submit(splitJob('new', [runs]))).rejects.toThrow(
      'split: inputs are read as the user galaxy',
    );
    const kept = { state: 'error', message: expect.stringContaining('the user galaxy'), tasks: { total: 0 } };
    expect(await runner.ended('before')).toMatchObject(kept);
    await runner.submit(bench.job('whole'));
    expect(await runner.ended('whole')).toMatchObject({ state: 'ok' });
  });
});
