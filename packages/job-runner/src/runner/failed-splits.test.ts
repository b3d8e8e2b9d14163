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
  test('leaves what is done to a retry', async () => {
    const zod = pathToFileURL(path.resolve('node_modules/zod/index.js')).href;
    const [module, flag] = [path.join(bench.root, 'module.mjs'), path.join(bench.root, 'there')];
    writeFileSync(
      module,
      `import { existsSync } from 'node:fs';
import { z } from ${JSON.stringify(zod)};
const part = (index) => ({ index, slices: [], label: String(index), records: 1, cost: 1 });
const mortal = {
  name: 'mortal',
  description: 'Is killed while it plans, as where memory is short.',
  parameters: z.strictObject({}),
  inputs: { least: 0, most: 0 },
  async *plan(inputs, parameters, context) {
    yield part(0);
    await context.took(0);
    if (!existsSync(${JSON.stringify(flag)})) process.kill(process.pid, 'SIGKILL');
    yield part(1);
  },
};
export default { strategies: [mortal] };
`,
    );
    bench.cluster.play = (launch) => leave('1', launch);
    const runner = await bench.start({ strategyModules: [module] });
    const by = [{ strategy: 'mortal', inputs: [], parameters: {} }];
    await runner.submit(splitJob('passing', by));
    expect(await runner.ended('passing')).toMatchObject({
      state: 'error',
      message: expect.stringContaining('SIGKILL'),
      tasks: { finished: 1, cancelled: 0 },
    });
    writeFileSync(flag, '');
    await runner.retry('passing');
    expect(await runner.ended('passing')).toMatchObject({ state: 'ok', tasks: { finished: 2 } });
    expect(resultOf('passing')).toBe('2\n');
    expect(Object.values(bench.runs)).toEqual([1, 1]);
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
