import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RealSge, requireRealSge, startSge } from '../../../../test-fixtures/real-sge/real-sge.ts';
import type {
  BatchJobRequest,
  BatchJobState,
  QueueCommand,
  StatusOutcome,
  SubmitOutcome,
} from '../../src/dialects/dialect.ts';
import { sge } from '../../src/dialects/sge/index.ts';
import { answerOf } from './queue-command.ts';

const patienceMilliseconds = 60_000;

/** Polls until there is a value: several times as long as anything here takes on a busy machine. */
async function waitFor<T>(what: string, poll: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + patienceMilliseconds;
  while (performance.now() < deadline) {
    const value = await poll();
    if (value !== undefined) return value;
    await sleep(200);
  }
  throw new Error(`waited for ${what}`);
}

const reportIn = (outcome: StatusOutcome, id: string): BatchJobState | undefined =>
  outcome.kind === 'known' ? outcome.batchJobs.find((job) => job.id === id)?.state : undefined;

describe.skipIf(!requireRealSge())('the dialect on a real Grid Engine', () => {
  let queue: RealSge;
  let count = 0;
  beforeAll(async () => {
    queue = await startSge();
  });
  afterAll(() => queue.stop());

  const ask = (command: QueueCommand) => answerOf(command, queue.environment);

  function request(script: string, change: Partial<BatchJobRequest> = {}): BatchJobRequest {
    const name = `gm-real-small-${String(++count).padStart(8, 'a')}`;
    const directory = change.directory ?? join(queue.folder, 'pilots', name);
    if (directory.startsWith(queue.folder)) mkdirSync(directory, { recursive: true });
    return {
      name,
      script: `#!/bin/bash\n${script}\n`,
      directory,
      log: join(directory, 'log'),
      cpus: 1,
      memMb: 64,
      gpus: 0,
      walltimeSeconds: 600,
      warningSeconds: 60,
      extra: [],
      excludedNodes: [],
      ...change,
    };
  }

  const submit = async (wanted: BatchJobRequest): Promise<SubmitOutcome> =>
    sge.submitted(await ask(sge.submit(wanted)));

  async function accepted(wanted: BatchJobRequest): Promise<string> {
    const outcome = await submit(wanted);
    if (outcome.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
    return outcome.id;
  }

  const status = async (ids: readonly string[] = []): Promise<StatusOutcome> =>
    sge.statuses(await ask(sge.status({ user: userInfo().username, ids, namePrefix: 'gm-real-' })));

  const stateOf = async (id: string): Promise<BatchJobState | undefined> => reportIn(await status([id]), id);

  const waitForState = (id: string, kind: BatchJobState['kind']): Promise<BatchJobState> =>
    waitFor(`${id} to be ${kind}`, async () => {
      const state = await stateOf(id);
      return state?.kind === kind ? state : undefined;
    });

  const endOf = (id: string): Promise<BatchJobState> =>
    waitFor(`the account of ${id}`, async () => {
      const command = sge.endings?.([id, '99999']);
      return command && sge.ended && reportIn(sge.ended(await ask(command)), id);
    });

  const logOf = ({ log }: BatchJobRequest): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');

  it('has a job run where it is told, with what it asked for, and knows how it ended', async () => {
    const wanted = request('pwd; echo "$NSLOTS slots"; exit 3', {
      cpus: 3,
      queue: 'all.q',
      account: 'galaxy',
    });
    const id = await accepted(wanted);
    expect(await endOf(id)).toEqual({ kind: 'ended', how: 'failed', exitCode: 3, node: 'localhost' });
    expect(logOf(wanted)).toBe(`${wanted.directory}\n3 slots\n`);
    expect(await stateOf(id)).toBeUndefined();
  });

  it.each(['with blanks', 'a,b:c', `$HOME$(touch x)\`'"\\`])(
    'has a job run in a directory named %j',
    async (name) => {
      const wanted = request('pwd', { directory: join(queue.folder, 'pilots', name) });
      expect(await endOf(await accepted(wanted))).toMatchObject({ how: 'completed', exitCode: 0 });
      expect(logOf(wanted)).toBe(`${wanted.directory}\n`);
    },
  );

  it('tells when a job began, and has its trap run when it is stopped', async () => {
    const wanted = request('trap "echo told; exit 0" USR2\necho ready\nwhile :; do sleep 0.1; done');
    const before = Date.now();
    const id = await accepted(wanted);
    const state = await waitForState(id, 'running');
    expect(state).toMatchObject({ node: 'localhost' });
    const startedAt = state.kind === 'running' ? state.startedAt : undefined;
    // Grid Engine counts whole seconds.
    expect(startedAt).toBeGreaterThanOrEqual(before - 1000);
    expect(startedAt).toBeLessThanOrEqual(Date.now() + 1000);
    await waitFor('its trap to be set', async () => logOf(wanted).includes('ready') || undefined);
    expect(sge.cancelled(await ask(sge.stop([id])))).toEqual({ kind: 'told' });
    expect(await endOf(id)).toMatchObject({ kind: 'ended', exitCode: 0 });
    expect(logOf(wanted)).toMatch(/told/);
  });

  it('cancels those that wait, those that run, and does not mind those that are gone', async () => {
    const big = await accepted(request('sleep 300', { cpus: 6 }));
    const next = await accepted(request('sleep 300', { cpus: 6, queue: 'all.q' }));
    await waitForState(big, 'running');
    expect(sge.cancelled(await ask(sge.cancel([big, next, '99999'])))).toEqual({ kind: 'told' });
    await waitFor('both to be gone', async () => {
      const outcome = await status();
      const isGone =
        outcome.kind === 'known' && !outcome.batchJobs.some(({ id }) => id === big || id === next);
      return isGone || undefined;
    });
    expect(await endOf(big)).toMatchObject({ kind: 'ended', how: 'cancelled' });
  });

  it('knows that a job ended by its walltime', async () => {
    const id = await accepted(request('sleep 300', { walltimeSeconds: 2 }));
    expect(await endOf(id)).toMatchObject({ kind: 'ended', how: 'walltime' });
  });

  it.each([
    ['a queue', { queue: 'nosuch.q' }, /unknown queue "nosuch.q"/],
    ['a project', { account: 'nosuch' }, /project "nosuch" does not exist/],
    ['GPUs', { gpus: 1 }, /unknown resource "gpu"/],
    ['more cpus than there are', { cpus: 64 }, /no suitable queues/],
    ['a longer walltime than a queue has', { queue: 'short.q', walltimeSeconds: 3600 }, /no suitable queues/],
    ['other hosts than there are', { excludedNodes: ['localhost'] }, /no suitable queues/],
  ])('refuses %s for good, and as well in a trial', async (_what, change, text) => {
    const refusal = {
      kind: 'refused',
      problem: { kind: 'configuration', text: expect.stringMatching(text), advice: expect.any(String) },
    };
    expect(await submit(request('true', change))).toEqual(refusal);
    const trial = sge.trial?.(request('true', change));
    expect(trial && sge.tried?.(await ask(trial))).toMatchObject({
      kind: 'refused',
      problem: { kind: 'configuration' },
    });
  });

  it('finds a request fine in a trial, and takes nothing', async () => {
    const trial = sge.trial?.(request('true', { cpus: 6 }));
    expect(trial && sge.tried?.(await ask(trial))).toMatchObject({ kind: 'fine' });
    expect(await status()).toEqual({ kind: 'known', batchJobs: [] });
  });

  it('takes what it cannot check where the site says so', async () => {
    const memory = '#$ -l mem_free=1M';
    expect(await submit(request('true', { extra: [memory] }))).toMatchObject({ kind: 'refused' });
    expect(await endOf(await accepted(request('true', { extra: [memory, '#$ -w n'] })))).toMatchObject({
      how: 'completed',
    });
  });

  it('tells why a job waits', async () => {
    const first = await accepted(request('sleep 300', { cpus: 6, queue: 'all.q' }));
    await waitForState(first, 'running');
    const second = await accepted(request('true', { cpus: 6, queue: 'all.q' }));
    await waitFor('a reason', async () => {
      const state = await stateOf(second);
      return (state?.kind === 'waiting' && /PE "smp"|full/.test(state.reason ?? '')) || undefined;
    });
    await ask(sge.cancel([first, second]));
  });

  it('tells that a job whose output cannot be written will never start', async () => {
    const id = await accepted(request('true', { directory: '/', log: '/nonexistent/log' }));
    const state = await waitFor('the error', async () => {
      const found = await stateOf(id);
      return found?.kind === 'waiting' && found.isHopeless ? found : undefined;
    });
    expect(state).toMatchObject({
      reason: `can't open output file "/nonexistent/log": No such file or directory`,
      advice: expect.stringContaining('file system'),
    });
    expect(sge.cancelled(await ask(sge.cancel([id])))).toEqual({ kind: 'told' });
  });

  it('has no news while the qmaster is down, and the same jobs afterwards', async () => {
    const id = await accepted(request('sleep 300'));
    await waitForState(id, 'running');
    await queue.killQmaster();
    expect((await status()).kind).toBe('no-news');
    expect(await submit(request('true'))).toMatchObject({ kind: 'refused', problem: { kind: 'transient' } });
    expect(sge.cancelled(await ask(sge.cancel([id]))).kind).toBe('no-news');
    const accounts = sge.endings?.([id]);
    expect(accounts && sge.ended?.(await ask(accounts))).toEqual({ kind: 'known', batchJobs: [] });
    await queue.startQmaster();
    expect(await waitForState(id, 'running')).toMatchObject({ node: 'localhost' });
    await ask(sge.cancel([id]));
  });

  it('says that it is all there', async () => {
    const findings = [];
    for (const probe of sge.probes({ queue: 'short.q', account: 'galaxy' }))
      findings.push([probe.subject, probe.judge(await ask(probe.command)).state]);
    expect(findings).toEqual([
      ['qstat', 'ok'],
      ['queue short.q', 'ok'],
      ['parallel environments', 'ok'],
      ['project galaxy', 'ok'],
      ['memory and GPUs', 'ok'],
    ]);
  });

  it('says what is missing', async () => {
    const [, , , project] = sge.probes({ account: 'nosuch' });
    expect(project?.judge(await ask(project.command))).toEqual({
      state: 'problem',
      text: 'nosuch is not known as a project',
    });
  });
});
