import { MesosDriver } from '@galaxy-mesos/drivers';
import type { ClusterDriver } from '@galaxy-mesos/scheduler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { describeDriverContract } from './contract.ts';
import { aLaunch } from './driver-fixture.ts';
import { MesosFixture } from './mesos-fixture.ts';

const plannedEnd = Date.UTC(2100, 0, 1);

describe.skipIf(!requireRealMesos())('on a real Mesos', () => {
  let cluster: RealMesos;

  beforeAll(async () => {
    cluster = await startMesos({
      agents: [
        {
          resources: 'cpus:2;mem:2048;disk:1024;ports:[31000-31009,31020-31029]',
          // As the pilots of a queue have them.
          attributes: `pilot:gm-test-pool-abcdefgh;ends:${plannedEnd / 1000}`,
        },
      ],
    });
  });

  afterAll(() => cluster.stop());

  const makeDriver = async (previous?: ClusterDriver) => {
    const frameworkId = previous instanceof MesosDriver ? previous.frameworkId : undefined;
    return new MesosFixture(cluster).driver(frameworkId === undefined ? {} : { frameworkId });
  };

  // The agents of the fixture have no executor for groups.
  describeDriverContract('MesosDriver', makeDriver, { plannedEnd, withoutGroups: true });

  it.each([
    [
      'an image of Docker',
      { container: { image: 'busybox', type: 'docker' } },
      '--containerizers=docker,mesos',
    ],
    ['an image', { container: { image: 'busybox', type: 'mesos' } }, '--image_providers=docker'],
    ['a user who is not there', { runAs: 'no-such-user' }, "No such user 'no-such-user'"],
  ] as const)('says in one message what an agent lacks for %s', async (_what, launch, words) => {
    const fixture = new MesosFixture(cluster);
    const started = await fixture.start();
    const end = await started.outcome(aLaunch('true', launch));
    expect(end.state).toMatch(/^TASK_(FAILED|DROPPED)$/);
    expect(end.message).toContain(words);
    await fixture.stopDrivers();
  });

  it('leaves no framework behind', async () => {
    expect(await new MesosFixture(cluster).frameworkIds()).toEqual([]);
  });
});
