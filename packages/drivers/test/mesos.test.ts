import { MesosDriver } from '@galaxy-mesos/drivers';
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
    cluster = await startMesos({ agents: [{ resources: 'cpus:2;mem:2048;disk:1024' }] });
  });

  afterAll(() => cluster.stop());

  describeDriverContract('MesosDriver', async (previous) => {
    const frameworkId = previous instanceof MesosDriver ? previous.frameworkId : undefined;
    return new MesosFixture(cluster).driver(frameworkId === undefined ? {} : { frameworkId });
  });

  it('leaves no framework behind', async () => {
    expect(await new MesosFixture(cluster).frameworkIds()).toEqual([]);
  });
});
