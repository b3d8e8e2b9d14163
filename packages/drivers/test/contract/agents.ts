import { fitsInto } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from '../contract.ts';

export const describeAgents = ({ current, plannedEnd }: ContractContext): void => {
  describe('agents', () => {
    it('tells of all agents with all they have, in the same words as offers', async () => {
      const { driver, log } = current();
      const offer = await current().freshOffer();
      const agents = await log.until('agents', (event) =>
        event.type === 'agents' ? event.agents : undefined,
      );
      const agent = agents.find(({ id }) => id === offer.agent.id);
      expect(agent).toMatchObject(offer.agent);
      expect(agent !== undefined && fitsInto(offer.resources, agent.total)).toBe(true);
      expect(agent?.total.ports).toEqual(offer.resources.ports);
      await driver.decline([offer.id], 0);
    });

    it('tells of each when it is planned to end, in offers too', async () => {
      const { driver, log } = current();
      const { id, agent } = await current().freshOffer();
      expect(agent.plannedEnd).toBe(plannedEnd);
      const ends = await log.until('agents', (event) =>
        event.type === 'agents' ? event.agents.map((each) => each.plannedEnd) : undefined,
      );
      expect(ends).toEqual([plannedEnd]);
      await driver.decline([id], 0);
    });

    it('takes an answer to inverse offers that are no more', async () => {
      const { driver } = current();
      await driver.answerInverseOffers(['no-such-offer'], 'accept');
      await driver.answerInverseOffers(['no-such-offer'], 'decline');
      await driver.answerInverseOffers([], 'accept');
    });

    it('makes offers that are of use, whatever else was wished', async () => {
      const { driver } = current();
      const { id, agent, resources } = await current().freshOffer();
      await driver.decline([id], 86_400);
      const isThis = { field: '@hostname', predicate: 'equals', operand: agent.hostname } as const;
      const { cpus, mem, disk } = resources;
      await driver.revive({ smallest: [{ cpus, mem, disk }], agents: [[isThis]] });
      const again = await current().freshOffer();
      expect(again.resources).toEqual(resources);
      await driver.decline([again.id], 86_400);
      await driver.revive({ smallest: [], agents: [] });
      expect((await current().freshOffer()).resources).toEqual(resources);
    });
  });
};
