import { describe, expect, it } from 'vitest';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { requireRealSlurm } from '../../../../test-fixtures/real-slurm/real-slurm.ts';
import {
  doesTasksWhateverHappens,
  losesNothingAtTheEndOfAllocations,
  saysWhatIsRefused,
} from '../launcher/queue-scenarios.ts';
import { openSlurmSite } from './slurm-site.ts';

describe.skipIf(!requireRealSlurm() || !requireRealMesos())(
  'a cluster in a real Slurm with real Mesos agents',
  () => {
    // These two wait most of the time, and do so together.
    it.concurrent('does 500 tasks while pilots are cancelled, its launcher is killed and Slurm is away', async () => {
      await using site = await openSlurmSite();
      const { queue } = site;
      await doesTasksWhateverHappens(site, {
        remove: (id) => queue.run('scancel', [id]),
        stop: () => queue.controller.stop(),
        start: () => queue.controller.start(),
      });
    }, 400_000);

    it.concurrent('loses nothing when allocations end in the middle of tasks', async () => {
      await using site = await openSlurmSite();
      await losesNothingAtTheEndOfAllocations(site);
      // Slurm has ended none of them.
      const { stdout } = await site.queue.run('squeue', ['-h', '-t', 'all', '-o', '%T']);
      expect(new Set(stdout.trim().split('\n'))).toEqual(new Set(['COMPLETED']));
    }, 400_000);

    it('replaces the pilots of a node that fails, and ends what still runs there', async () => {
      await using site = await openSlurmSite();
      // What still runs there is not to end because it idles.
      const cluster = await site.create({ extra: ['#SBATCH --exclusive'], idleSeconds: 600 });
      await cluster.want(2);
      const launcher = cluster.start();
      await cluster.settled(2);
      const [lost] = (await cluster.view()).pilots;
      const failing = site.queue.nodes[Number(lost?.node?.slice(1)) - 1];
      await failing?.kill();
      // Slurm would find out by itself, but later.
      await site.queue.run('scontrol', ['update', `NodeName=${lost?.node}`, 'State=DOWN', 'Reason=test']);
      await site.ended(lost?.name ?? '');
      await cluster.settled(2);
      const registered = (await cluster.view()).pilots.filter(({ phase }) => phase === 'registered');
      expect(registered.map(({ node }) => node)).not.toContain(lost?.node);
      await cluster.until(async () => expect(await site.agents()).toHaveLength(2));
      // A slurmd that comes back kills what it does not know, with SIGKILL: nothing would be tidied any more.
      await cluster.until(async () => expect(await site.scratch()).toHaveLength(2));
      await failing?.start();
      await site.down(launcher);
    });

    it('says what Slurm refuses or never starts, does not ask again, and leaves nothing', async () => {
      await using site = await openSlurmSite({ accounting: true });
      await saysWhatIsRefused(site, { queue: 'nowhere' }, /partition/i);
      await saysWhatIsRefused(site, { account: 'nobody' }, /account/i);
      await saysWhatIsRefused(site, { cpus: 64 }, /processors/i);
      await saysWhatIsRefused(site, { walltimeSeconds: 7200 }, /time limit/i);
      const cluster = await site.create({ queue: 'closed' });
      await cluster.want(1);
      const launcher = cluster.start();
      await cluster.until(async () => {
        const wait = {
          text: expect.stringMatching('PartitionDown'),
          advice: expect.any(String),
          isStuck: true,
        };
        expect((await cluster.view()).pools).toMatchObject([{ waits: [wait] }]);
      });
      await site.down(launcher);
    });
  },
);
