import type { AttemptReference } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from '../contract.ts';
import { aLaunch } from '../driver-fixture.ts';

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Waits until none of the processes exists any more. Attempts must run on this machine. */
const untilGone = async (pids: readonly number[]): Promise<void> => {
  for (let look = 0; pids.some(isRunning); look += 1) {
    if (look > 600) throw new Error(`Processes are left: ${pids.filter(isRunning).join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const pidsIn = (output: string): number[] => (output.match(/\d+/g) ?? []).map(Number);

// Prints its own pid and that of a child that ignores SIGTERM, then `ready`.
const stubborn = `trap '' TERM; sh -c 'while :; do sleep 1; done' & echo $$ $! ready; while :; do sleep 1; done`;

export const describeEnding = ({ current }: ContractContext): void => {
  const stubbornPids = async (attempt: AttemptReference): Promise<number[]> =>
    pidsIn(await current().untilTail(attempt, 'ready'));

  describe('ending attempts', () => {
    it('lets a command that heeds SIGTERM end by itself', async () => {
      const { driver, log } = current();
      const launch = aLaunch('trap "echo bye; exit 9" TERM; echo ready; while :; do sleep 0.1; done');
      const attempt = await current().run(launch);
      await current().untilTail(attempt, 'ready');
      await driver.kill(attempt, 30);
      const end = await log.end(launch.attemptId);
      expect(end.state).toBe('TASK_KILLED');
      expect(end.exitCode).toBeUndefined();
      expect(await driver.tailSandboxFile(attempt, 'stdout', 100)).toMatch(/bye\n$/);
      expect(log.statesOf(launch.attemptId)).not.toContain('TASK_FINISHED');
    });

    it('ends a command and its children that ignore SIGTERM once the grace is over', async () => {
      const { driver, log } = current();
      const launch = aLaunch(stubborn);
      const attempt = await current().run(launch);
      const pids = await stubbornPids(attempt);
      expect(pids).toHaveLength(2);
      await driver.kill(attempt, 0.5);
      expect((await log.end(launch.attemptId)).state).toBe('TASK_KILLED');
      await untilGone(pids);
    });

    it('ends children that a command has left behind', async () => {
      const { log } = current();
      const launch = aLaunch('sh -c \'trap "" TERM HUP; sleep 300\' & echo $! ready; exit 0');
      const [attempt] = await current().launch(launch);
      expect((await log.end(launch.attemptId)).state).toBe('TASK_FINISHED');
      if (attempt !== undefined) await untilGone(await stubbornPids(attempt));
    });

    it('ends an attempt that was killed right after its launch', async () => {
      const { driver, log } = current();
      const launch = aLaunch('sleep 300');
      const [attempt] = await current().launch(launch);
      if (attempt !== undefined) await driver.kill(attempt, 5);
      expect((await log.end(launch.attemptId)).state).toBe('TASK_KILLED');
    });

    it('answers a kill of an attempt that it does not know with its state', async () => {
      const { driver, log } = current();
      const offer = await current().freshOffer();
      await driver.kill({ attemptId: 'never-launched', agentId: offer.agent.id }, 1);
      await log.update('never-launched', ['TASK_GONE', 'TASK_UNKNOWN']);
    });

    it('ends an attempt that runs longer than it may, and says so', async () => {
      const launch = aLaunch('sleep 300', { maximumRunSeconds: 1 });
      const end = await current().outcome(launch);
      expect(end.state).toBe('TASK_FAILED');
      expect(end.reason).toBe('REASON_MAX_COMPLETION_TIME_REACHED');
      expect(end.exitCode).toBeUndefined();
    });

    it('leaves nothing running on teardown, tells nothing more, and is not done sooner when asked twice', async () => {
      const { driver, log } = current();
      const attempt = await current().run(aLaunch(stubborn));
      const pids = await stubbornPids(attempt);
      let isDone = false;
      const first = driver.stop('teardown').then(() => {
        isDone = true;
      });
      await driver.stop('teardown');
      expect(isDone).toBe(true);
      await first;
      const told = log.length;
      await untilGone(pids);
      expect(log.length).toBe(told);
    });

    it('refuses all calls after stop, which may come twice', async () => {
      const { driver } = current();
      const { id } = await current().freshOffer();
      await driver.stop('teardown');
      await driver.stop('teardown');
      const stopped = { code: 'NOT_STARTED' };
      await expect(driver.launch([id], [aLaunch('true')])).rejects.toMatchObject(stopped);
      await expect(driver.decline([id], 0)).rejects.toMatchObject(stopped);
      await expect(driver.reconcile([])).rejects.toMatchObject(stopped);
      await expect(driver.revive()).rejects.toMatchObject(stopped);
    });

    it('can be started once only', async () => {
      await expect(current().driver.start(() => {})).rejects.toMatchObject({ code: 'ALREADY_STARTED' });
    });
  });
};
