import type { TaskStore } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { type RealAgent, requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { newsOf, RealRun, until, untilState } from './real-run.ts';
import { tapStore } from './taps.ts';

const agent = { resources: 'cpus:1;mem:512' };
/** A master gives an agent up after 2 s. */
const impatient = {
  agents: [agent, agent],
  separateProcesses: true,
  masterFlags: { agent_ping_timeout: '1secs', max_agent_ping_timeouts: '2' },
};

describe.skipIf(!requireRealMesos())('an agent that cannot be reached', () => {
  it('that is back in time keeps its task', async () => {
    await using run = await RealRun.start(impatient);
    const runtime = await run.runtime([run.ledger.heldTask('a')], { options: { unreachablePatience: 60 } });
    const attempt = await untilState(runtime, 'a', 'TASK_RUNNING');
    const cutOff = await run.agentOf(attempt);
    cutOff.freeze();
    await untilState(runtime, 'a', 'TASK_UNREACHABLE');
    const unreachable = newsOf(runtime, 'a').length;
    cutOff.thaw();
    await until('it to run again', () =>
      newsOf(runtime, 'a')
        .slice(unreachable)
        .find(({ state }) => state === 'TASK_RUNNING'),
    );
    run.ledger.let('a');
    expect(await run.account(runtime)).toEqual({ wrong: [], doubled: [] });
    expect(run.ledger.runsOf('a').began).toEqual([attempt.id]);
  });

  it('that is back too late has its task killed, for another has taken its place', async () => {
    await using run = await RealRun.start(impatient);
    const runtime = await run.runtime([run.ledger.heldTask('a')], { options: { unreachablePatience: 0.5 } });
    const first = await untilState(runtime, 'a', 'TASK_RUNNING');
    const cutOff = await run.agentOf(first);
    cutOff.freeze();
    const second = await untilState(runtime, 'a', 'TASK_RUNNING', 2);
    expect(second.agentId).not.toBe(first.agentId);
    cutOff.thaw();
    await until('the first attempt to be killed', async () =>
      (await run.mesosTasks('completed_tasks')).find(
        ({ id, state }) => id === first.id && state === 'TASK_KILLED',
      ),
    );
    run.ledger.let('a');
    const { wrong, doubled } = await run.account(runtime);
    expect(wrong).toEqual([]);
    expect(doubled).toMatchObject([{ id: first.id, state: 'TASK_UNREACHABLE' }]);
    expect(run.ledger.runsOf('a')).toEqual({ began: [first.id, second.id], ended: [second.id] });
  });

  it('before a launch arrives has its task replaced, and does not keep what it is told to start later', async () => {
    await using run = await RealRun.start({ ...impatient, masterFlags: {} });
    let frozen: RealAgent | undefined;
    const freezeBeforeLaunch = (store: TaskStore) =>
      tapStore(store, async (commit, changes) => {
        const intent = changes.find((change) => change.type === 'attempted');
        if (intent && !frozen) {
          frozen = await run.agentOf(intent.attempt);
          frozen.freeze();
        }
        await commit();
      });
    const runtime = await run.runtime([run.ledger.heldTask('a')], {
      options: { launchSilence: 1, launchTimeout: 2 },
      tapStore: freezeBeforeLaunch,
    });
    const second = await untilState(runtime, 'a', 'TASK_RUNNING', 2);
    frozen?.thaw();
    await until('the first attempt to be killed', async () =>
      (await run.mesosTasks('completed_tasks')).find(({ id }) => id === 'a-1'),
    );
    run.ledger.let('a');
    expect((await run.account(runtime)).wrong).toEqual([]);
    expect(run.ledger.runsOf('a').ended).toEqual([second.id]);
  });
});
