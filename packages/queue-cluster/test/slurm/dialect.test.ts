import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitFor } from '../../../../test-fixtures/real-mesos/waiting.ts';
import {
  knownAccount,
  type RealSlurm,
  requireRealSlurm,
  startSlurm,
} from '../../../../test-fixtures/real-slurm/real-slurm.ts';
import type { BatchJobRequest, BatchJobState, QueueCommand } from '../../src/dialects/dialect.ts';
import { slurm } from '../../src/dialects/slurm/index.ts';

/** The dialect's commands on a Slurm, with a folder for what jobs write. */
class Desk implements AsyncDisposable {
  readonly system: RealSlurm;
  readonly folder: string;

  constructor(system: RealSlurm) {
    this.system = system;
    // Slurm fills in %j and takes backslashes and quotes where they are not kept from it.
    this.folder = mkdtempSync(join(tmpdir(), 'slurm "%j\\ jobs-'));
  }

  run({ program, arguments: words, input = '' }: QueueCommand) {
    return this.system.run(program, words, input);
  }

  request(name: string, script: string, options: Partial<BatchJobRequest> = {}): BatchJobRequest {
    const directory = join(this.folder, name);
    mkdirSync(directory, { recursive: true });
    return {
      name,
      script: `#!/bin/bash\n${script}\n`,
      directory,
      log: join(directory, 'log'),
      cpus: 1,
      memMb: 100,
      gpus: 0,
      walltimeSeconds: 600,
      warningSeconds: 0,
      extra: [],
      excludedNodes: [],
      ...options,
    };
  }

  async submit(request: BatchJobRequest) {
    return slurm.submitted(await this.run(slurm.submit(request)));
  }

  async accepted(name: string, script: string, options: Partial<BatchJobRequest> = {}): Promise<string> {
    const outcome = await this.submit(this.request(name, script, options));
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    return outcome.id;
  }

  async statuses() {
    const query = { user: userInfo().username, ids: [], namePrefix: 'gm-' };
    return slurm.statuses(await this.run(slurm.status(query)));
  }

  async state(id: string): Promise<BatchJobState | undefined> {
    const outcome = await this.statuses();
    return outcome.kind === 'known' ? outcome.batchJobs.find((job) => job.id === id)?.state : undefined;
  }

  /** Waits until the job is so far. */
  until<K extends BatchJobState['kind']>(id: string, kind: K): Promise<BatchJobState & { kind: K }> {
    return waitFor(`job ${id} to be ${kind}`, async () => {
      const state = await this.state(id);
      return state?.kind === kind ? (state as BatchJobState & { kind: K }) : undefined;
    });
  }

  async said(name: string, words: string): Promise<string> {
    const log = join(this.folder, name, 'log');
    return waitFor(`${name} to say ${words}`, () => {
      const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
      return Promise.resolve(text.includes(words) ? text : undefined);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.system[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe.skipIf(!requireRealSlurm())('the dialect on a real Slurm', () => {
  let desk: Desk;
  let warned: string;

  beforeAll(async () => {
    desk = new Desk(await startSlurm({ accounting: true }));
    // Warnings come up to a minute early, and Slurm looks for what is due every half minute: the last test waits for it.
    warned = await desk.accepted('gm-warned', `trap 'echo warned; exit 0' USR1\nsleep 600 & wait`, {
      walltimeSeconds: 60,
      warningSeconds: 50,
    });
  });

  afterAll(async () => {
    await desk[Symbol.asyncDispose]();
  });

  it('has jobs run where and with what they were asked for, and hears how they ended', async () => {
    const id = await desk.accepted('gm-a', 'pwd; echo "$SLURM_CPUS_ON_NODE cores"; exit 3', { cpus: 2 });
    const state = await desk.until(id, 'ended');
    expect(state).toMatchObject({
      how: 'failed',
      reason: 'NonZeroExitCode',
      node: expect.stringMatching(/^n[1-3]$/),
    });
    expect(await desk.said('gm-a', 'cores')).toBe(`${join(desk.folder, 'gm-a')}\n2 cores\n`);
  });

  it('hears from the accounts how jobs ended', async () => {
    const id = await desk.accepted('gm-k', 'exit 3', { account: knownAccount });
    const ended = await waitFor('the accounts to tell the end', async () => {
      const command = slurm.endings?.([id, '99999']);
      const outcome = command && slurm.ended?.(await desk.run(command));
      if (outcome?.kind !== 'known') throw new Error(JSON.stringify(outcome));
      return outcome.batchJobs.find(({ state }) => state.kind === 'ended');
    });
    expect(ended).toEqual({
      id,
      state: { kind: 'ended', how: 'failed', exitCode: 3, node: expect.stringMatching(/^n[1-3]$/) },
    });
  });

  it('tells when a job has begun and will end, whatever the time zone', async () => {
    const before = Date.now();
    const id = await desk.accepted('gm-b', 'sleep 600', { walltimeSeconds: 300 });
    const { startedAt = 0, endsAt = 0 } = await desk.until(id, 'running');
    expect(endsAt - startedAt).toBe(300_000);
    // Slurm's clock has seconds.
    expect(startedAt).toBeGreaterThanOrEqual(before - 1000);
    expect(startedAt).toBeLessThanOrEqual(Date.now() + 1000);
    const status = await desk.statuses();
    expect(status.kind === 'known' && status.batchJobs.find((job) => job.id === id)?.name).toBe('gm-b');
    expect(slurm.cancelled(await desk.run(slurm.cancel([id])))).toEqual({ kind: 'told' });
    expect(await desk.until(id, 'ended')).toMatchObject({ how: 'cancelled' });
  });

  it('stops a job by a signal to its script alone', async () => {
    const script = [
      `bash -c 'trap "echo the agent was signalled" USR1; echo ready; while :; do sleep 0.2; done' &`,
      `trap 'echo asked to stop; kill $!; exit 0' USR1`,
      'while :; do wait; done',
    ].join('\n');
    const id = await desk.accepted('gm-c', script);
    await desk.said('gm-c', 'ready');
    expect(slurm.cancelled(await desk.run(slurm.stop([id, '99999'])))).toEqual({ kind: 'told' });
    expect(await desk.until(id, 'ended')).toMatchObject({ how: 'completed' });
    expect(await desk.said('gm-c', 'asked')).toBe('ready\nasked to stop\n');
  });

  it('has the site’s own directives outdo the others, and nodes left out', async () => {
    const id = await desk.accepted('gm-e', 'echo "$SLURM_MEM_PER_NODE MB on $SLURMD_NODENAME"', {
      extra: ['#SBATCH --mem=37M'],
      excludedNodes: ['n1', 'n3'],
    });
    await desk.until(id, 'ended');
    expect(await desk.said('gm-e', 'on')).toBe('37 MB on n2\n');
  });

  it.each([
    ['a partition that there is not', { queue: 'no such' }, /[Ii]nvalid partition/, /sinfo -s/],
    ['too long a walltime', { walltimeSeconds: 7200 }, /time limit is invalid/, /shorter walltime/],
    ['more cores than any node has', { cpus: 64 }, /More processors requested/, /ask for less/],
    ['more memory than any node has', { memMb: 900_000 }, /Memory specification/, /ask for less/],
    ['an account that may not be charged', { account: 'other' }, /Invalid account/, /sacctmgr/],
    ['GPUs where there are none', { gpus: 1 }, /generic resource/, /GPUs/],
  ] as const)('hears that %s is refused, also on trial', async (_, options, text, advice) => {
    const request = desk.request('gm-f', 'true', options);
    const refusal = {
      kind: 'refused',
      problem: {
        kind: 'configuration',
        text: expect.stringMatching(text),
        advice: expect.stringMatching(advice),
      },
    };
    expect(await desk.submit(request)).toEqual(refusal);
    const trial = slurm.trial?.(request);
    if (trial === undefined) throw new Error('there is no trial');
    expect(slurm.tried?.(await desk.run(trial))).toMatchObject({
      kind: 'refused',
      problem: { kind: 'configuration' },
    });
  });

  it('says why a job waits, and what to do', async () => {
    const closed = await desk.accepted('gm-g', 'true', { queue: 'closed' });
    const held = await desk.accepted('gm-h', 'true', { extra: ['#SBATCH --hold'] });
    expect(await desk.until(closed, 'waiting')).toMatchObject({
      reason: 'PartitionDown',
      isHopeless: true,
      advice: expect.stringMatching('another'),
    });
    expect(await desk.until(held, 'held')).toMatchObject({ reason: 'JobHeldUser' });
    // A stop comes too early for a job that waits, and is no error.
    expect(slurm.cancelled(await desk.run(slurm.stop([held])))).toEqual({ kind: 'told' });
    expect(slurm.cancelled(await desk.run(slurm.cancel([held, closed])))).toEqual({ kind: 'told' });
    expect(await desk.until(held, 'ended')).toMatchObject({ how: 'cancelled' });
  });

  it('has no news while the controller is down, and the same jobs after it', async () => {
    const id = await desk.accepted('gm-i', 'sleep 600');
    await desk.until(id, 'running');
    await desk.system.controller.stop();
    try {
      // Each takes Slurm nine seconds.
      const [status, cancel, submit] = await Promise.all([
        desk.statuses(),
        desk.run(slurm.cancel([id])),
        desk.submit(desk.request('gm-j', 'true')),
      ]);
      expect(status).toMatchObject({ kind: 'no-news', text: expect.stringMatching('controller') });
      expect(slurm.cancelled(cancel)).toMatchObject({ kind: 'no-news' });
      expect(submit).toMatchObject({ kind: 'refused', problem: { kind: 'transient' } });
      expect(await found(desk, 'controller')).toMatchObject({ state: 'problem' });
    } finally {
      await desk.system.controller.start();
    }
    expect(await desk.until(id, 'running')).toMatchObject({ kind: 'running' });
    await desk.run(slurm.cancel([id]));
    await desk.until(id, 'ended');
  });

  it('has doctor find that all is well, or what is not', async () => {
    expect(await found(desk, 'sbatch')).toMatchObject({ state: 'ok' });
    expect(await found(desk, 'controller')).toMatchObject({ state: 'ok' });
    expect(await found(desk, 'the default partition')).toMatchObject({
      state: 'ok',
      text: expect.stringMatching('4 cores'),
    });
    expect(await found(desk, 'a small job')).toMatchObject({ state: 'ok' });
    expect(await found(desk, 'accounts of jobs')).toMatchObject({ state: 'ok' });
    expect(await found(desk, 'partition closed', { queue: 'closed' })).toMatchObject({ state: 'problem' });
    expect(await found(desk, 'partition none', { queue: 'none' })).toMatchObject({ state: 'problem' });
  });

  it('warns a job before its walltime', async () => {
    await desk.said('gm-warned', 'warned');
    expect(await desk.until(warned, 'ended')).toMatchObject({ how: 'completed' });
  });

  it('has no news of a user that there is not', async () => {
    const answer = await desk.run(slurm.status({ user: 'nobody-of-that-name', ids: [], namePrefix: 'gm-' }));
    expect(slurm.statuses(answer)).toMatchObject({ kind: 'no-news' });
  });
});

async function found(desk: Desk, subject: string, about: { queue?: string } = {}) {
  const probe = slurm.probes(about).find((candidate) => candidate.subject === subject);
  if (!probe) throw new Error(`nothing is asked about ${subject}`);
  return probe.judge(await desk.run(probe.command));
}
