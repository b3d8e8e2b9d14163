import { fitsInto } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from '../contract.ts';
import { aLaunch, amountsOf } from '../driver-fixture.ts';

export const describeReconnection = ({ current, reconnect }: ContractContext): void => {
  describe('reconciliation and reconnection', () => {
    it('tells on request that an attempt runs, and of one that never was that it does not', async () => {
      const { driver, log } = current();
      const attempt = await current().run(aLaunch('sleep 300'));
      const from = log.length;
      await driver.reconcile([attempt, { attemptId: 'never-launched', agentId: attempt.agentId }]);
      await log.update(attempt.attemptId, ['TASK_RUNNING'], from);
      await log.update('never-launched', ['TASK_GONE', 'TASK_UNKNOWN'], from);
    });

    it('tells of all attempts that run where none is named', async () => {
      const attempts = await current().launch(aLaunch('sleep 300'), aLaunch('sleep 300'));
      for (const { attemptId } of attempts) await current().log.update(attemptId, ['TASK_RUNNING']);
      const { driver, log } = await reconnect();
      await driver.reconcile([]);
      for (const { attemptId } of attempts) await log.update(attemptId, ['TASK_RUNNING']);
    });

    it('tells on request the end of an attempt, or that it is gone', async () => {
      const { driver, log } = current();
      const launch = aLaunch('exit 3');
      const [attempt] = await current().launch(launch);
      await log.end(launch.attemptId);
      const from = log.length;
      await driver.reconcile(attempt === undefined ? [] : [attempt]);
      const { state } = await log.update(
        launch.attemptId,
        ['TASK_FAILED', 'TASK_GONE', 'TASK_UNKNOWN'],
        from,
      );
      expect(state).not.toBe('TASK_FINISHED');
    });

    it('leaves attempts running on disconnect, for a later driver to find and to see the end of', async () => {
      const attempt = await current().run(aLaunch('echo ready; until [ -e go ]; do sleep 0.1; done; exit 4'));
      await current().untilTail(attempt, 'ready');
      const { driver, log } = await reconnect();
      await driver.reconcile([attempt]);
      const { sandbox } = await log.update(attempt.attemptId, ['TASK_RUNNING']);
      expect(sandbox).toBeDefined();
      await driver.kill(attempt, 5);
      expect((await log.end(attempt.attemptId)).state).toBe('TASK_KILLED');
    });

    it('lets a later driver see the exit code of an attempt that ended meanwhile or after', async () => {
      const launch = aLaunch('echo ready; sleep 1; exit 4');
      const attempt = await current().run(launch);
      await current().untilTail(attempt, 'ready');
      const { driver, log } = await reconnect();
      await driver.reconcile([attempt]);
      expect(await log.end(attempt.attemptId)).toMatchObject({ state: 'TASK_FAILED', exitCode: 4 });
      expect(await driver.tailSandboxFile(attempt, 'stdout', 100)).toBe('ready\n');
    });

    it('does not offer a later driver what running attempts use', async () => {
      const whole = await current().freshOffer();
      const launch = aLaunch('sleep 300', { resources: { ...amountsOf(whole.resources), disk: 0 } });
      const attempt = { attemptId: launch.attemptId, agentId: whole.agent.id };
      await current().driver.launch([whole.id], [launch]);
      await current().log.update(launch.attemptId, ['TASK_RUNNING']);
      const { driver, log } = await reconnect();
      await driver.reconcile([attempt]);
      await log.update(launch.attemptId, ['TASK_RUNNING']);
      expect(log.offers().filter((offer) => fitsInto(launch.resources, offer.resources))).toEqual([]);
      await driver.kill(attempt, 0);
      await log.end(launch.attemptId);
      await current().freshOffer(launch.resources);
    });

    it('drops a launch on an offer of the time before the reconnection', async () => {
      const offer = await current().freshOffer();
      const { driver, log } = await reconnect();
      const launch = aLaunch('true');
      await driver.launch([offer.id], [launch]);
      expect((await log.end(launch.attemptId)).state).toBe('TASK_DROPPED');
    });
  });
};
