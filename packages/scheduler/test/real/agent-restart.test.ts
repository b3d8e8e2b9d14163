import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { killProcessesBelow } from '../../../../test-fixtures/real-mesos/mesos-process.ts';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { newsOf, RealRun, until, untilState } from './real-run.ts';
import { tapDriver, tapStore } from './taps.ts';

const oneAgent = { agents: [{ resources: 'cpus:2;mem:512' }], separateProcesses: true };

/** Folders of a name anywhere below a folder. */
function foldersBelow(folder: string, name: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name === name)
    .map(({ parentPath }) => join(parentPath, name));
}

const agentFolder = (run: RealRun): string => join(run.cluster.folder, 'agent-0');

/** Ends what an agent that is down had started for an attempt. */
async function killExecutor(run: RealRun, attempt: Attempt): Promise<void> {
  for (const folder of foldersBelow(agentFolder(run), attempt.id)) await killProcessesBelow(folder);
}

describe.skipIf(!requireRealMesos())('an agent that is killed and comes back', () => {
  it('goes on with what ran on it, and tells what ended meanwhile', async () => {
    await using run = await RealRun.start(oneAgent);
    const runtime = await run.runtime([run.ledger.heldTask('a'), run.ledger.heldTask('b')]);
    await untilState(runtime, 'a', 'TASK_RUNNING');
    await untilState(runtime, 'b', 'TASK_RUNNING');
    const [agent] = run.cluster.agents;
    await agent?.kill();
    run.ledger.let('a');
    await until('a to end', () => run.ledger.runsOf('a').ended[0]);
    await agent?.restart();
    run.ledger.let('b');
    expect(await run.account(runtime)).toEqual({ wrong: [], doubled: [] });
    expect(newsOf(runtime, 'b').map(({ number }) => number)).not.toContain(2);
  });

  it('has a task tried again whose executor died meanwhile', async () => {
    await using run = await RealRun.start(oneAgent);
    const runtime = await run.runtime([run.ledger.heldTask('a', { retries: 1 })]);
    const first = await untilState(runtime, 'a', 'TASK_RUNNING');
    const [agent] = run.cluster.agents;
    await agent?.kill();
    await killExecutor(run, first);
    await agent?.restart();
    const second = await untilState(runtime, 'a', 'TASK_RUNNING', 2);
    run.ledger.let('a');
    const { wrong, doubled } = await run.account(runtime);
    expect(wrong).toEqual([]);
    expect(doubled).toMatchObject([
      { id: first.id, state: 'TASK_FAILED', reason: 'REASON_EXECUTOR_TERMINATED' },
    ]);
    expect(run.ledger.runsOf('a').ended).toEqual([second.id]);
  });

  it('has a task replaced of which it knows nothing any more', async () => {
    await using run = await RealRun.start(oneAgent);
    const runtime = await run.runtime([run.ledger.heldTask('a')]);
    const first = await untilState(runtime, 'a', 'TASK_RUNNING');
    const [agent] = run.cluster.agents;
    await agent?.kill();
    await killExecutor(run, first);
    // What the agent would recover from: it comes back as another one at the same address.
    for (const folder of foldersBelow(agentFolder(run), 'meta')) rmSync(folder, { recursive: true });
    await agent?.restart();
    const second = await untilState(runtime, 'a', 'TASK_RUNNING', 2);
    run.ledger.let('a');
    const { wrong, doubled } = await run.account(runtime);
    expect(wrong).toEqual([]);
    expect(doubled).toMatchObject([{ id: first.id, state: 'TASK_LOST', reason: 'REASON_AGENT_REMOVED' }]);
    expect(second.agentId).not.toBe(first.agentId);
    expect(run.ledger.runsOf('a').ended).toEqual([second.id]);
  });

  it('has what was just to be launched on it go elsewhere at once', async () => {
    const agent = { resources: 'cpus:2;mem:512' };
    await using run = await RealRun.start({ agents: [agent, agent], separateProcesses: true });
    const isRescinded = Promise.withResolvers<void>();
    let isKilled = false;
    const runtime = await run.runtime([run.ledger.task('a', 'true')], {
      tapDriver: (driver) =>
        tapDriver(driver, {
          event: (event, pass) => {
            pass(event);
            if (event.type === 'rescinded') isRescinded.resolve();
          },
        }),
      tapStore: (store) =>
        tapStore(store, async (commit, changes) => {
          const intent = changes.find((change) => change.type === 'attempted');
          if (intent && !isKilled) {
            isKilled = true;
            await (await run.agentOf(intent.attempt)).kill();
            await isRescinded.promise;
          }
          await commit();
        }),
    });
    expect(await run.account(runtime)).toEqual({ wrong: [], doubled: [] });
    expect(run.ledger.runsOf('a').began).toEqual(['a-2']);
  });
});
