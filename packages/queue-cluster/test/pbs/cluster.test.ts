import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakePbs, makeFakePbs } from '../../../../test-fixtures/fake-pbs/fake-pbs.ts';
import { requireRealMesos } from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { saysWhatIsRefused } from '../launcher/queue-scenarios.ts';
import { QueueSite } from '../launcher/queue-site.ts';

describe.skipIf(!requireRealMesos())('a cluster by the commands of PBS', () => {
  let site: QueueSite<FakePbs>;
  beforeEach(async () => {
    const extra = ['#PBS -l place=free'];
    site = await QueueSite.open(makeFakePbs(), { dialect: 'pbs', queue: 'workq', extra }, 4);
  });
  afterEach(() => site[Symbol.asyncDispose]());

  it('has pilots, replaces one that is deleted, bears that the server is down, and leaves nothing', async () => {
    const cluster = await site.create();
    await cluster.want(2);
    const launcher = cluster.start();
    const first = await cluster.settled(2);

    site.queue.setDown(true);
    await cluster.until(async () => {
      expect((await cluster.view()).systems).toMatchObject([{ trouble: expect.any(String) }]);
    });
    site.queue.setDown(false);
    expect(await cluster.pilots('registered')).toEqual(first);

    const [victim = ''] = first;
    const id = (await site.pilot(victim))?.id ?? '';
    await execa('qdel', [id], { env: site.queue.environment });
    await site.ended(victim);
    expect(await cluster.settled(2)).not.toContain(victim);
    await site.down(launcher);
    expect(cluster.lines.join('\n')).toMatch(/has ended, planned-end: its script ended: stopped/);
  });

  it('says that there is no such queue, and submits no more', async () => {
    await saysWhatIsRefused(site, { queue: 'nosuch' }, /Unknown queue/);
  });

  it('says of a job that never will start why, and takes it away', async () => {
    const cluster = await site.create({ cpus: 640 });
    await cluster.want(1);
    const launcher = cluster.start();
    await cluster.until(async () => {
      const wait = {
        isStuck: true,
        text: expect.stringContaining('Can Never Run'),
        advice: expect.stringContaining('ask for less'),
      };
      expect((await cluster.view()).pools).toMatchObject([{ waits: [wait] }]);
    });
    await site.down(launcher);
  });
});
