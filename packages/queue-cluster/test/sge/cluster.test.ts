import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { requireRealSge } from '../../../../test-fixtures/real-sge/real-sge.ts';
import {
  doesTasksWhateverHappens,
  losesNothingAtTheEndOfAllocations,
  saysWhatIsRefused,
} from '../launcher/queue-scenarios.ts';
import { openSgeSite } from './sge-site.ts';

describe.skipIf(!requireRealSge() || !requireRealMesos())(
  'a cluster in a real Grid Engine with real Mesos agents',
  () => {
    // These wait most of the time, and do so together.
    it.concurrent('does 500 tasks while pilots are deleted, and launcher, execd and qmaster are killed', async () => {
      await using site = await openSgeSite();
      const { queue } = site;
      await doesTasksWhateverHappens(site, {
        remove: (id) => queue.run('qdel', id),
        // It notices only once a minute that jobs have ended which it has not started itself.
        interruptNodes: async () => {
          await queue.killExecd();
          await queue.startExecd();
        },
        stop: () => queue.killQmaster(),
        start: () => queue.startQmaster(),
      });
    }, 400_000);

    it.concurrent('loses nothing when allocations end in the middle of tasks', async () => {
      await using site = await openSgeSite();
      await losesNothingAtTheEndOfAllocations(site);
      // Grid Engine has ended none of them.
      const accounts = await site.queue.run('qacct', '-j', '*');
      expect(new Set(accounts.match(/^(?:failed|exit_status) .*$/gm)?.map((line) => line.trim()))).toEqual(
        new Set(['failed       0', 'exit_status  0']),
      );
    }, 400_000);

    it.concurrent('replaces the pilots of a host that fails, and goes down while its execd is away', async () => {
      await using site = await openSgeSite();
      const cluster = await site.create();
      await cluster.want(2);
      const launcher = cluster.start();
      const lost = await cluster.settled(2);
      await site.queue.loseHost();
      await cluster.until(async () => expect(await cluster.pilots('registered')).toEqual([]));
      await site.queue.startExecd();
      for (const name of await cluster.settled(2)) expect(lost).not.toContain(name);
      await cluster.until(async () => expect(await site.agents()).toHaveLength(2));
      // Where only its execd has died, pilots do what they are told, and their batch jobs go when it is back.
      await site.queue.killExecd();
      const comeBack = async () => {
        await cluster.until(() => expect(site.queue.jobProcesses()).toEqual([]));
        expect(await site.queue.jobs()).toHaveLength(2);
        await site.queue.startExecd();
      };
      await Promise.all([site.down(launcher), comeBack()]);
    }, 400_000);

    it('says what Grid Engine refuses or never starts, does not ask again, and leaves nothing', async () => {
      await using site = await openSgeSite();
      await saysWhatIsRefused(site, { queue: 'nosuch.q' }, /unknown queue "nosuch.q"/);
      await saysWhatIsRefused(site, { account: 'nosuch' }, /project "nosuch" does not exist/);
      await saysWhatIsRefused(site, { cpus: 64 }, /no suitable queues/);
      await saysWhatIsRefused(site, { queue: 'short.q', walltimeSeconds: 3600 }, /no suitable queues/);
      // A site may have it take what it cannot check.
      const cluster = await site.create({ cpus: 64, extra: ['#$ -w n'] });
      await cluster.want(1);
      const launcher = cluster.start();
      await cluster.until(async () => {
        const wait = { text: expect.stringMatching(/only offers \d+ slots/) };
        expect((await cluster.view()).pools).toMatchObject([{ waits: [wait] }]);
      });
      await site.down(launcher);
    });
  },
);
