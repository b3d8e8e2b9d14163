import type { Offer } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from '../contract.ts';
import { aLaunch, smallTask } from '../driver-fixture.ts';

/** Two ports of an offer, the second one first. */
const portsOf = ({ resources: { ports = [] } }: Offer): [number, number] => {
  const [range] = ports;
  if (range === undefined || range.end <= range.begin) throw new Error('The offer has two ports');
  return [range.begin + 1, range.begin];
};

const holds = ({ resources: { ports = [] } }: Offer, port: number): boolean =>
  ports.some(({ begin, end }) => begin <= port && port <= end);

export const describePorts = ({ current }: ContractContext): void => {
  describe('ports', () => {
    const wanted = { ...smallTask, ports: { any: 2 } };

    it('tells a command the ports that it was assigned, in their order', async () => {
      const { driver, log } = current();
      const offer = await current().freshOffer();
      const [first, second] = portsOf(offer);
      const assigned = { ports: [first, second] };
      const launch = aLaunch('echo "$PORT0 $PORT1 $PORTS"', { resources: wanted, assigned });
      await driver.launch([offer.id], [launch]);
      await log.end(launch.attemptId);
      const attempt = { attemptId: launch.attemptId, agentId: offer.agent.id };
      const output = await driver.tailSandboxFile(attempt, 'stdout', 100);
      expect(output).toBe(`${first} ${second} ${first},${second}\n`);
    });

    it('offers ports again only when whoever has them has ended', async () => {
      const { driver } = current();
      const offer = await current().freshOffer();
      const [first, second] = portsOf(offer);
      const launch = aLaunch('sleep 300', { resources: wanted, assigned: { ports: [first, second] } });
      await driver.launch([offer.id], [launch]);
      const rest = await current().freshOffer();
      expect([first, second].filter((port) => holds(rest, port))).toEqual([]);
      const clash = aLaunch('true', { resources: wanted, assigned: { ports: [second, second + 1] } });
      await driver.launch([rest.id], [clash]);
      const { log } = current();
      expect((await log.end(clash.attemptId)).state).toBe('TASK_DROPPED');
      await driver.kill({ attemptId: launch.attemptId, agentId: offer.agent.id }, 0);
      const { cpus, mem, disk } = offer.resources;
      const whole = await current().freshOffer({ cpus, mem, disk });
      expect(whole.resources.ports).toEqual(offer.resources.ports);
    });

    it('refuses a launch that was assigned other than it asks for', async () => {
      const launch = aLaunch('true', { resources: wanted, assigned: { ports: [31_000] } });
      expect(await current().outcome(launch)).toMatchObject({
        state: 'TASK_ERROR',
        message: 'assigned.ports must be the 2 ports asked for, and are 1',
      });
    });
  });
};
