import { type MasterCall, MasterClient, type mesos } from '@galaxy-mesos/mesos-client';
import type { Attempt } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { Runtime } from './compose.ts';
import { newsOf, RealRun, until, untilState } from './real-run.ts';
import { tapStore } from './taps.ts';

const agent = { resources: 'cpus:2;mem:512' };
const twoAgents = { agents: [agent, agent], separateProcesses: true };
/** Two machines to Mesos, which tells them by name and address. */
const twoMachines = {
  agents: [
    { ...agent, flags: { hostname: 'left' } },
    { ...agent, flags: { hostname: 'right' } },
  ],
};

async function order(run: RealRun, call: MasterCall): Promise<void> {
  await using master = new MasterClient({ master: run.cluster.url });
  await master.call(call);
}

const machineOf = ({ hostname }: Attempt): mesos.MachineID => ({ hostname, ip: '127.0.0.1' });

const nanosecondsIn = (seconds: number): bigint => BigInt(Date.now() + seconds * 1000) * 1_000_000n;

/** Announces that a machine will be gone in so many seconds, for an hour. */
const announce = (machine: mesos.MachineID, seconds: number): MasterCall => ({
  type: 'UPDATE_MAINTENANCE_SCHEDULE',
  update_maintenance_schedule: {
    schedule: {
      windows: [
        {
          machine_ids: [machine],
          unavailability: {
            start: { nanoseconds: nanosecondsIn(seconds) },
            duration: { nanoseconds: 3_600_000_000_000n },
          },
        },
      ],
    },
  },
});

const takeDown = (machine: mesos.MachineID): MasterCall => ({
  type: 'START_MAINTENANCE',
  start_maintenance: { machines: [machine] },
});

describe.skipIf(!requireRealMesos())('an operator', () => {
  it.each(['drains', 'marks gone'] as const)(
    'who %s an agent has its task go on elsewhere, at no cost',
    async (what) => {
      await using run = await RealRun.start(twoAgents);
      const runtime = await run.runtime([run.ledger.heldTask('a')]);
      const first = await untilState(runtime, 'a', 'TASK_RUNNING');
      const agent_id = { value: first.agentId };
      await order(
        run,
        what === 'drains'
          ? { type: 'DRAIN_AGENT', drain_agent: { agent_id, max_grace_period: { seconds: 0n } } }
          : { type: 'MARK_AGENT_GONE', mark_agent_gone: { agent_id } },
      );
      const second = await untilState(runtime, 'a', 'TASK_RUNNING', 2);
      expect(second.agentId).not.toBe(first.agentId);
      run.ledger.let('a');
      const { wrong, doubled } = await run.account(runtime);
      expect(wrong).toEqual([]);
      const state = what === 'drains' ? 'TASK_KILLED' : 'TASK_GONE_BY_OPERATOR';
      expect(doubled).toMatchObject([{ id: first.id, state }]);
      expect(run.ledger.runsOf('a').ended).toEqual([second.id]);
    },
  );

  it('whose pilot is drained near its end has a short task of it go on elsewhere at once, at no failure', async () => {
    const ends = Math.floor(Date.now() / 1000) + 115;
    const resources = 'cpus:1;mem:512';
    await using run = await RealRun.start({
      agents: [{ resources }, { resources, attributes: `pilot:gm-night-small-abcdefgh;ends:${ends}` }],
    });
    const task = run.ledger.heldTask('a', { expectedRunSeconds: 5 });
    const runtime = await run.runtime([task], { options: { retryDelay: 3600 } });
    // What lives long is kept for what runs long.
    const first = await untilState(runtime, 'a', 'TASK_RUNNING');
    const agent_id = { value: first.agentId };
    await order(run, {
      type: 'DRAIN_AGENT',
      drain_agent: { agent_id, max_grace_period: { seconds: 0n } },
    });
    const second = await untilState(runtime, 'a', 'TASK_RUNNING', 2);
    run.ledger.let('a');
    const { wrong, doubled } = await run.account(runtime);
    expect(wrong).toEqual([]);
    expect(doubled).toMatchObject([{ id: first.id, reason: 'GALAXY_MESOS_AGENT_ENDED' }]);
    expect(second.agentId).not.toBe(first.agentId);
  });

  it('who takes a machine down just when a task is launched there has it go on elsewhere', async () => {
    await using run = await RealRun.start(twoMachines);
    let isDown = false;
    const runtime = await run.runtime([run.ledger.task('a', 'sleep 1')], {
      tapStore: (store) =>
        tapStore(store, async (commit, changes) => {
          await commit();
          const intent = changes.find((change) => change.type === 'attempted');
          if (!intent || isDown) return;
          isDown = true;
          await order(run, announce(machineOf(intent.attempt), 3600));
          await order(run, takeDown(machineOf(intent.attempt)));
        }),
    });
    const { wrong } = await run.account(runtime);
    expect(wrong).toEqual([]);
    const [first, last] = [newsOf(runtime, 'a').at(0), newsOf(runtime, 'a').at(-1)];
    expect(last?.hostname).not.toBe(first?.hostname);
    expect(run.ledger.runsOf('a').ended).toEqual([last?.id]);
  });

  it('who announces maintenance gets no task that would still run then, and is told whether it fits', async () => {
    await using run = await RealRun.start(twoMachines);
    await order(run, announce({ hostname: 'left', ip: '127.0.0.1' }, 600));
    const long = ['a', 'b'].map((id) => run.ledger.heldTask(id, { expectedRunSeconds: 3000 }));
    const short = ['c', 'd'].map((id) => run.ledger.heldTask(id, { expectedRunSeconds: 5 }));
    const runtime = await run.runtime([...long, ...short]);
    for (const id of ['a', 'b'])
      expect((await untilState(runtime, id, 'TASK_RUNNING')).hostname).toBe('right');
    for (const id of ['c', 'd'])
      expect((await untilState(runtime, id, 'TASK_RUNNING')).hostname).toBe('left');
    const told = await until('an answer to an inverse offer', () =>
      runtime.notices.find((notice) => notice.type === 'maintenance'),
    );
    run.ledger.let('a', 'b', 'c', 'd');
    expect(await run.account(runtime)).toEqual({ wrong: [], doubled: [] });
    expect(told).toMatchObject({ answer: 'accept' });
  });

  it('who ends the framework stops the scheduler for good, and nothing forgets its id', async () => {
    await using run = await RealRun.start({ agents: [agent] });
    const runtime = await run.runtime([run.ledger.heldTask('a')]);
    await untilState(runtime, 'a', 'TASK_RUNNING');
    const frameworkId = await runtime.frameworkId();
    const ended = expect(runtime.scheduler.settled()).rejects.toMatchObject({ code: 'FRAMEWORK_REMOVED' });
    await order(run, { type: 'TEARDOWN', teardown: { framework_id: { value: frameworkId ?? '' } } });
    await ended;
    expect(runtime.notices.filter(({ type }) => type === 'stopped')).toHaveLength(1);
    await runtime.close();
    const later = await Runtime.open({ master: run.cluster.url, store: run.store });
    await expect(later.scheduler.start()).rejects.toMatchObject({
      code: 'FRAMEWORK_REMOVED',
      message: expect.stringContaining('to go on, subscribe without its id'),
    });
    expect(await later.frameworkId()).toBe(frameworkId);
    await later.close();
  });
});
