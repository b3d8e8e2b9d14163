import { noResources } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from '../contract.ts';
import { aLaunch, smallTask } from '../driver-fixture.ts';

export const describeOffers = ({ current }: ContractContext): void => {
  describe('offers', () => {
    it('tells first that it is subscribed, then offers resources of named agents', async () => {
      const { driver, log } = current();
      const frameworkId = await log.until('subscribed', (event) =>
        event.type === 'subscribed' ? event.frameworkId : undefined,
      );
      const offer = await current().freshOffer();
      expect(log.typesFrom(0)[0]).toBe('subscribed');
      expect(frameworkId).not.toBe('');
      expect(offer.agent.id).not.toBe('');
      expect(offer.agent.hostname).not.toBe('');
      expect(offer.resources.cpus).toBeGreaterThan(0);
      await driver.decline([offer.id], 0);
    });

    it('offers again what was declined', async () => {
      const offer = await current().freshOffer();
      await current().driver.decline([offer.id], 0.1);
      const again = await current().freshOffer();
      expect(again.id).not.toBe(offer.id);
      expect(again.resources).toEqual(offer.resources);
    });

    it('offers on revive what was declined for long', async () => {
      const { driver } = current();
      const offer = await current().freshOffer();
      await driver.decline([offer.id], 86_400);
      await driver.revive();
      expect((await current().freshOffer()).resources).toEqual(offer.resources);
    });

    it('offers nothing while suppressed, and everything again after revive', async () => {
      const { driver, log } = current();
      const offer = await current().freshOffer();
      await driver.suppress();
      await driver.decline([offer.id], 0);
      const quietFrom = log.length;
      // Something that takes several turns, so that an offer would have had time to come.
      await driver.reconcile([{ attemptId: 'nobody', agentId: offer.agent.id }]);
      await log.update('nobody', ['TASK_GONE', 'TASK_UNKNOWN'], quietFrom);
      expect(log.typesFrom(quietFrom)).not.toContain('offers');
      await driver.revive();
      await current().freshOffer();
    });

    it('gives back what a launch has left of an offer, and all of it when the attempt has ended', async () => {
      const { driver, log } = current();
      const whole = await current().freshOffer();
      const launch = aLaunch('read -r nothing; sleep 300');
      await driver.launch([whole.id], [launch]);
      const rest = await current().freshOffer(noResources);
      expect(rest.resources.mem).toBe(whole.resources.mem - smallTask.mem);
      await driver.decline([rest.id], 0.1);
      await log.update(launch.attemptId, ['TASK_RUNNING']);
      await driver.kill({ attemptId: launch.attemptId, agentId: whole.agent.id }, 0);
      const again = await current().freshOffer(whole.resources);
      expect(again.resources).toEqual(whole.resources);
    });

    it('drops only what an offer is too small for, and gives the rest back', async () => {
      const { driver, log } = current();
      const offer = await current().freshOffer();
      const fits = aLaunch('true');
      const isTooMuch = aLaunch('true', { resources: { ...smallTask, mem: offer.resources.mem } });
      await driver.launch([offer.id], [fits, isTooMuch]);
      expect(await log.end(isTooMuch.attemptId)).toMatchObject({
        state: 'TASK_DROPPED',
        reason: 'REASON_INVALID_OFFERS',
      });
      expect((await log.end(fits.attemptId)).state).toBe('TASK_FINISHED');
      const again = await current().freshOffer(offer.resources);
      await driver.launch(
        [again.id],
        [aLaunch('true', { resources: { ...smallTask, cpus: again.resources.cpus + 1 } })],
      );
      expect((await current().freshOffer(offer.resources)).resources).toEqual(offer.resources);
    });

    it('drops every attempt of a launch on an offer that was used already', async () => {
      const { driver, log } = current();
      const offer = await current().freshOffer();
      await driver.decline([offer.id], 0);
      const launches = [aLaunch('true'), aLaunch('true')];
      await driver.launch([offer.id], launches);
      for (const { attemptId } of launches) {
        expect(await log.end(attemptId)).toMatchObject({
          state: 'TASK_DROPPED',
          reason: 'REASON_INVALID_OFFERS',
        });
      }
    });

    it('drops every attempt of a launch on several offers of which one is void, and gives the others back', async () => {
      const { driver, log } = current();
      const offer = await current().freshOffer();
      const launch = aLaunch('true');
      await driver.launch([offer.id, 'no-such-offer'], [launch]);
      expect(await log.end(launch.attemptId)).toMatchObject({
        state: 'TASK_DROPPED',
        reason: 'REASON_INVALID_OFFERS',
      });
      expect((await current().freshOffer()).resources).toEqual(offer.resources);
    });

    it('drops attempts of a launch on an offer that never was', async () => {
      const { driver, log } = current();
      const launch = aLaunch('true');
      await driver.launch(['no-such-offer'], [launch]);
      expect((await log.end(launch.attemptId)).state).toBe('TASK_DROPPED');
    });
  });
};
