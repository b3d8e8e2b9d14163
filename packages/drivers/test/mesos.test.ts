import { MesosDriver } from '@galaxy-mesos/drivers';
import type { ClusterDriver } from '@galaxy-mesos/scheduler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { describeDriverContract } from './contract.ts';
import { MesosFixture } from './mesos-fixture.ts';

describe.skipIf(!requireRealMesos())('on a real Mesos', () => {
  let cluster: RealMesos;

  beforeAll(async () => {
    cluster = await startMesos({
      agents: [{ resources: 'cpus:2;mem:2048;disk:1024;ports:[31000-31009,31020-31029]' }],
    });
  });

  afterAll(() => cluster.stop());

  const makeDriver = async (previous?: ClusterDriver) => {
    const frameworkId = previous instanceof MesosDriver ? previous.frameworkId : undefined;
    return new MesosFixture(cluster).driver(frameworkId === undefined ? {} : { frameworkId });
  };

  // The agents of the fixture have no executor for groups.
  describeDriverContract('MesosDriver', makeDriver, { withoutGroups: true });

  it('leaves no framework behind', async () => {
    expect(await new MesosFixture(cluster).frameworkIds()).toEqual([]);
  });
});
