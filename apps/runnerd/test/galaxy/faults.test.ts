import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type RealGalaxy,
  reportJob,
  requireRealGalaxy,
  startGalaxy,
} from '../../../../test-fixtures/real-galaxy/real-galaxy.ts';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { eightLines } from './eight-lines.ts';
import { type RunningDaemon, startDaemon } from './running-daemon.ts';
import { placeOf, WaitingJob } from './waiting-job.ts';

const available = [requireRealGalaxy(), requireRealMesos()].every(Boolean);
// Galaxy takes its time on a busy machine.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

describe.skipIf(!available)('a Galaxy whose jobs run on Mesos', () => {
  const stack = new AsyncDisposableStack();
  let mesos: RealMesos;
  let daemon: RunningDaemon;
  let galaxy: RealGalaxy;
  let historyId: string;
  let gates: string;
  let jobs = 0;
  /** The cluster gives an agent minutes to come back before its tasks count as lost: the other tests pass meanwhile. */
  let onKilledAgent: WaitingJob;

  beforeAll(async () => {
    gates = mkdtempSync(join(tmpdir(), 'galaxy-gates-'));
    stack.defer(() => rmSync(gates, { recursive: true, force: true }));
    const resources = 'cpus:4;mem:4096;disk:8192';
    mesos = await startMesos({ agents: [{ resources }, { resources }], separateProcesses: true });
    stack.defer(() => mesos.stop());
    daemon = stack.use(await startDaemon(['--mesos', mesos.url]));
    galaxy = stack.use(
      await startGalaxy({
        environments: ['mesos', 'local'],
        job: eightLines('mesos', daemon.url, daemon.token ?? ''),
      }),
    );
    historyId = await galaxy.api.newHistory('faults');
    onKilledAgent = await begin();
    await killAgentOf(onKilledAgent);
  });
  afterAll(() => stack.disposeAsync());

  const begin = async (environment: 'mesos' | 'local' = 'mesos'): Promise<WaitingJob> => {
    const gate = join(gates, `gate-${++jobs}`);
    const job = new WaitingJob(await galaxy.api.run(historyId, `waits_${environment}`, { gate }), gate);
    await galaxy.api.running(job.id);
    await job.begun();
    return job;
  };

  /** The whole machine is gone: the agent, the executor, and the job. */
  const killAgentOf = async (job: WaitingJob): Promise<void> => {
    const { endpoint, lineage } = placeOf(job.process);
    await mesos.agents.find(({ url }) => url.includes(endpoint))?.kill();
    // The executor first, so that it can tell nobody.
    for (const each of lineage.toReversed()) process.kill(each, 'SIGKILL');
    await job.gone();
  };

  /** It ended as if nothing had happened. */
  const expectUndisturbed = async (job: WaitingJob): Promise<void> => {
    const undisturbed = await begin('local');
    undisturbed.letThrough();
    const expected = await reportJob(galaxy.api, undisturbed.id);
    expect(expected.state).toBe('ok');
    expect(await reportJob(galaxy.api, job.id)).toEqual(expected);
    expect(job.ends).toBe(1);
  };

  it('ends what a user deletes, as it does where Galaxy runs it', async () => {
    const ours = await begin();
    const local = await begin('local');
    for (const job of [ours, local]) {
      await galaxy.api.delete(job.id);
      await job.gone();
      expect(await reportJob(galaxy.api, job.id)).toMatchObject({ state: 'deleted' });
      expect(job.ends).toBe(0);
    }
  });

  it('loses nothing, and runs nothing twice, when the daemon is killed and started again', async () => {
    const job = await begin();
    await daemon.kill();
    await daemon.start();
    job.letThrough();
    await expectUndisturbed(job);
    expect(job.starts).toBe(1);
  });

  it('gets what ended while the daemon was stopped', async () => {
    const job = await begin();
    await daemon.stop();
    job.letThrough();
    await job.gone();
    await daemon.start();
    await expectUndisturbed(job);
    expect(job.starts).toBe(1);
  });

  it('finds its jobs again when it is killed and started again', async () => {
    const goesOn = await begin();
    const ends = await begin();
    await galaxy.kill();
    ends.letThrough();
    await ends.gone();
    await galaxy.start();
    goesOn.letThrough();
    for (const job of [goesOn, ends]) {
      await expectUndisturbed(job);
      expect(job.starts).toBe(1);
    }
  });

  it('never hears of an agent that was killed in the middle of a job', async () => {
    await onKilledAgent.begun(2);
    onKilledAgent.letThrough();
    await expectUndisturbed(onKilledAgent);
    expect(onKilledAgent.starts).toBe(2);
  });
});
