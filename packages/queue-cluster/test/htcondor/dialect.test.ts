import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hasRealHtcondor,
  type RealHtcondor,
  startHtcondor,
} from '../../../../test-fixtures/real-htcondor/real-htcondor.ts';
import { waitFor } from '../../../../test-fixtures/real-mesos/waiting.ts';
import type { BatchJobRequest, BatchJobState, QueueCommand } from '../../src/dialects/dialect.ts';
import { htcondor } from '../../src/dialects/htcondor/index.ts';

const prefix = 'gm-lab-small-';

describe.skipIf(!hasRealHtcondor())('on a real HTCondor', () => {
  let pool: RealHtcondor;
  beforeAll(async () => {
    pool = await startHtcondor();
  });
  afterAll(() => pool?.stop());

  const run = ({ program, arguments: words, input }: QueueCommand) => pool.run(program, words, input);

  /** A job whose directory has a blank in its name and holds the script, as the launcher lays it out. */
  function requestOf(
    title: string,
    lines: readonly string[],
    more: Partial<BatchJobRequest> = {},
  ): BatchJobRequest {
    const directory = pool.makeFolder(`a ${title}`);
    const script = ['#!/bin/bash', ...lines, ''].join('\n');
    pool.write(`${directory}/script`, script);
    return {
      name: `${prefix}${title}`,
      script,
      directory,
      log: `${directory}/log`,
      cpus: 1,
      memMb: 100,
      gpus: 0,
      walltimeSeconds: 600,
      warningSeconds: 60,
      extra: [],
      excludedNodes: [],
      ...more,
    };
  }

  async function submitted(request: BatchJobRequest): Promise<string> {
    const outcome = htcondor.submitted(await run(htcondor.submit(request)));
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    return outcome.id;
  }

  /** The states of all jobs that are told, by their names. */
  async function states(): Promise<ReadonlyMap<string | undefined, BatchJobState>> {
    const answer = await run(htcondor.status({ user: pool.user, ids: [], namePrefix: prefix }));
    const outcome = htcondor.statuses(answer);
    if (outcome.kind !== 'known') throw new Error(outcome.text);
    return new Map(outcome.batchJobs.map(({ name, state }) => [name, state]));
  }

  const isIn = (name: string, kind: BatchJobState['kind']): Promise<BatchJobState> =>
    waitFor(`${name} to be ${kind}`, async () => {
      const state = (await states()).get(name);
      return state?.kind === kind ? state : undefined;
    });

  const isGone = (name: string): Promise<true> =>
    waitFor(`${name} to be gone`, async () => ((await states()).has(name) ? undefined : true));

  /** How a job ended, as the history has it soon after. */
  const endOf = (id: string): Promise<BatchJobState> =>
    waitFor(`the end of ${id}`, async () => {
      const command = htcondor.endings?.([id]);
      const outcome = command && htcondor.ended?.(await run(command));
      return outcome?.kind === 'known' ? outcome.batchJobs.find((job) => job.id === id)?.state : undefined;
    });

  it('is found by the probes, and checks descriptions', async () => {
    for (const probe of htcondor.probes({}))
      expect(probe.judge(await run(probe.command))).toMatchObject({ state: 'ok' });
    const trial = htcondor.trial?.(requestOf('trial', ['true']));
    expect(trial && htcondor.tried?.(await run(trial))).toMatchObject({ kind: 'fine' });
  });

  it('has no job before there is one', async () => {
    expect(await states()).toEqual(new Map());
  });

  it('runs the script in its directory, and keeps what it prints', async () => {
    const request = requestOf('prints', ['pwd', 'echo "an error" >&2', 'exit 3']);
    const id = await submitted(request);
    expect(await endOf(id)).toMatchObject({ kind: 'ended', how: 'failed', exitCode: 3 });
    expect(pool.read(request.log)).toBe(`${request.directory}\nan error\n`);
  });

  it('stops a job through the trap of its script', async () => {
    const request = requestOf('stopped', [
      "trap 'echo stopped; exit 0' TERM",
      'echo ready',
      'while :; do sleep 1 & wait $!; done',
    ]);
    const id = await submitted(request);
    const state = await isIn(request.name, 'running');
    expect(state).toMatchObject({ node: expect.any(String), startedAt: expect.any(Number) });
    await waitFor('the trap', async () => pool.read(request.log).includes('ready') || undefined);
    expect(htcondor.cancelled(await run(htcondor.stop([id])))).toEqual({ kind: 'told' });
    await isGone(request.name);
    expect(await endOf(id)).toMatchObject({ how: 'cancelled' });
    expect(pool.read(request.log)).toContain('stopped\n');
    expect(htcondor.cancelled(await run(htcondor.cancel([id])))).toEqual({ kind: 'told' });
  });

  it('ends a job after its walltime, and leaves nothing on hold', async () => {
    const request = requestOf('long', ['sleep 600'], { walltimeSeconds: 3 });
    const id = await submitted(request);
    expect(await endOf(id)).toMatchObject({ kind: 'ended', how: 'walltime' });
    await isGone(request.name);
  });

  it('does not start a job again that was put off its machine', async () => {
    const request = requestOf('evicted', ['echo started', 'sleep 600']);
    const id = await submitted(request);
    await isIn(request.name, 'running');
    await waitFor('the start', async () => pool.read(request.log).includes('started') || undefined);
    await pool.run('condor_vacate_job', ['-fast', id]);
    expect(await endOf(id)).toMatchObject({ kind: 'ended', how: 'preempted' });
  });

  it('keeps jobs off nodes that are excluded', async () => {
    const seen = requestOf('seen', ['sleep 600']);
    const id = await submitted(seen);
    const state = await isIn(seen.name, 'running');
    const node = state.kind === 'running' ? (state.node ?? '') : '';
    const kept = requestOf('kept', ['true'], { excludedNodes: [node] });
    const other = await submitted(kept);
    const reason = await waitFor('a reason', async () => {
      const waiting = (await states()).get(kept.name);
      return waiting?.kind === 'waiting' ? waiting.reason : undefined;
    });
    expect(reason).toMatch(/no match/);
    expect(htcondor.cancelled(await run(htcondor.cancel([id, other, '9999.0'])))).toEqual({ kind: 'told' });
    await isGone(kept.name);
    await isGone(seen.name);
  });

  it('holds a job whose log cannot be written, and says what to do', async () => {
    const request = requestOf('held', ['true'], { log: '/nonexistent/log' });
    const id = await submitted(request);
    expect(await isIn(request.name, 'held')).toMatchObject({
      advice: expect.stringContaining('the nodes share'),
    });
    expect(htcondor.cancelled(await run(htcondor.cancel([id])))).toEqual({ kind: 'told' });
    await isGone(request.name);
  });

  it('refuses a job whose directory is not there', async () => {
    const request = { ...requestOf('nowhere', ['true']), directory: '/nonexistent' };
    expect(htcondor.submitted(await run(htcondor.submit(request)))).toMatchObject({
      kind: 'refused',
      problem: { kind: 'configuration' },
    });
  });

  it('knows nothing, and takes nothing, while the schedd is down', async () => {
    await pool.stopSchedd();
    const query = htcondor.status({ user: pool.user, ids: [], namePrefix: prefix });
    await waitFor('the schedd to be down', async () =>
      (await run(query)).exitCode === 0 ? undefined : true,
    );
    expect(htcondor.statuses(await run(query)).kind).toBe('no-news');
    expect(htcondor.cancelled(await run(htcondor.cancel(['1.0']))).kind).toBe('no-news');
    expect(htcondor.submitted(await run(htcondor.submit(requestOf('late', ['true']))))).toMatchObject({
      kind: 'refused',
      problem: { kind: 'transient' },
    });
  });
});
