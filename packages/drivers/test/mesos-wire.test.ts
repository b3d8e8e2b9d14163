import { MesosDriver, type MesosDriverOptions } from '@galaxy-mesos/drivers';
import type { mesos, scheduler } from '@galaxy-mesos/mesos-client';
import { type SchedulerStream, ScriptedMaster } from '@galaxy-mesos/mesos-testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aLaunch, StartedDriver } from './driver-fixture.ts';

let master: ScriptedMaster;
let started: StartedDriver<MesosDriver>;
let stream: SchedulerStream;

const start = async (options: Partial<MesosDriverOptions> = {}): Promise<void> => {
  const subscribed = master.nextSubscription();
  const driver = new MesosDriver({ master: master.host, frameworkName: 'test', ...options });
  [started, stream] = await Promise.all([StartedDriver.start(driver), subscribed]);
};

const scalar = (name: string, value: number, more: Partial<mesos.Resource> = {}): mesos.Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  ...more,
});

const offerOf = (id: string, agent: string, resources: readonly mesos.Resource[]): mesos.Offer => ({
  id: { value: id },
  framework_id: { value: stream.frameworkId },
  agent_id: { value: agent },
  hostname: `${agent}.example`,
  url: { scheme: 'http', address: { hostname: `${agent}.example`, port: 5051 }, path: '/slave(1)' },
  allocation_info: { role: '*' },
  resources,
});

const whole = [scalar('cpus', 4), scalar('mem', 1024), scalar('disk', 100)];

const sendOffers = (...offers: mesos.Offer[]): void => {
  stream.send({ type: 'OFFERS', offers: { offers } });
};

const amountsOf = (resources: readonly mesos.Resource[] = []): Record<string, number | undefined> =>
  Object.fromEntries(resources.map(({ name, scalar: amount }) => [name, amount?.value]));

beforeEach(async () => {
  master = await ScriptedMaster.listen();
});

afterEach(async () => {
  await started.driver.stop('disconnect');
  await master.close();
});

describe('what a MesosDriver sends', () => {
  const accepted = async (): Promise<scheduler.Call.Accept> => {
    const { accept } = await master.nextCall('ACCEPT');
    return accept as scheduler.Call.Accept;
  };

  it('is one ACCEPT for tasks and groups on several offers, with an executor that lives on the tasks', async () => {
    await start();
    sendOffers(offerOf('o1', 'a', whole), offerOf('o2', 'a', [scalar('cpus', 4)]));
    await started.log.offer(0, ({ id }) => id === 'o2');
    const member = (cpus: number) => aLaunch('true', { groupId: 'g', resources: { cpus, mem: 64, disk: 0 } });
    const group = [member(1), member(6)];
    const single = aLaunch('true', { resources: { cpus: 1, mem: 64, disk: 0 } });
    await started.driver.launch(['o1', 'o2'], [...group, single]);
    const { offer_ids, operations = [] } = await accepted();
    expect(offer_ids).toEqual([{ value: 'o1' }, { value: 'o2' }]);
    expect(operations.map(({ type }) => type)).toEqual(['LAUNCH', 'LAUNCH_GROUP']);
    const { executor, task_group } = operations[1]?.launch_group ?? {};
    expect(executor).toMatchObject({
      type: 'DEFAULT',
      executor_id: { value: `group-${group[0]?.attemptId}` },
      framework_id: { value: stream.frameworkId },
    });
    expect(amountsOf(executor?.resources)).toEqual({ cpus: 0.01, mem: 32, disk: 1 });
    const [small, large] = task_group?.tasks ?? [];
    expect(amountsOf(small?.resources)).toEqual({ cpus: 1, mem: 32 });
    const cpus = (large?.resources ?? []).filter(({ name }) => name === 'cpus');
    expect(cpus.reduce((sum, piece) => sum + (piece.scalar?.value ?? 0), 0)).toBeCloseTo(5.99, 6);
    expect(small).toMatchObject({ task_id: { value: group[0]?.attemptId }, agent_id: { value: 'a' } });
  });

  it('mounts a disk that a task has whole, and starts nothing without it', async () => {
    await start();
    const disk = { source: { type: 'MOUNT', mount: { root: '/mnt/fast' } } } as const;
    sendOffers(offerOf('o1', 'a', [...whole, scalar('disk', 5000, { disk })]));
    expect((await started.log.offer()).resources.disks).toEqual([{ id: '/mnt/fast', size: 5000 }]);
    const resources = {
      cpus: 1,
      mem: 64,
      disk: 0,
      disks: [{ size: 1000, containerPath: 'scratch' }],
    };
    const launch = aLaunch('true', { resources, assigned: { disks: ['/mnt/fast'] } });
    const other = aLaunch('true', { resources, assigned: { disks: ['/mnt/slow'] } });
    await started.driver.launch(['o1'], [launch, other]);
    const [task, ...others] = (await accepted()).operations?.[0]?.launch?.task_infos ?? [];
    expect(others).toEqual([]);
    expect(task?.resources?.at(-1)).toMatchObject({ scalar: { value: 5000 }, disk });
    expect(task?.container?.volumes).toMatchObject([
      { mode: 'RW', container_path: 'scratch', host_path: '/mnt/fast' },
    ]);
    expect((await started.log.end(other.attemptId)).message).toContain('disk /mnt/slow');
  });
});

describe('what a MesosDriver tells', () => {
  it('is that an agent is lost, and not that an executor has ended', async () => {
    await start();
    const [agent_id, executor_id] = [{ value: 'a' }, { value: 'e' }];
    stream.send({ type: 'FAILURE', failure: { agent_id, executor_id, status: 0 } });
    stream.send({ type: 'FAILURE', failure: { agent_id: { value: 'b' } } });
    const lost = await started.log.until('an agent to be lost', (event) =>
      event.type === 'agent-lost' ? event.agentId : undefined,
    );
    expect(lost).toBe('b');
  });

  it('is maintenance, and that it is called off', async () => {
    await start();
    const inverse: mesos.InverseOffer = {
      id: { value: 'i1' },
      framework_id: { value: stream.frameworkId },
      agent_id: { value: 'a' },
      unavailability: {
        start: { nanoseconds: 1_800_000_000_123_456_789n },
        duration: { nanoseconds: 60_000_000_000n },
      },
    };
    stream.send({ type: 'INVERSE_OFFERS', inverse_offers: { inverse_offers: [inverse] } });
    stream.send({
      type: 'RESCIND_INVERSE_OFFER',
      rescind_inverse_offer: { inverse_offer_id: { value: 'i1' } },
    });
    const offers = await started.log.until('inverse offers', (event) =>
      event.type === 'inverse-offers' ? event.offers : undefined,
    );
    expect(offers).toEqual([
      { id: 'i1', agentId: 'a', unavailability: { start: 1_800_000_000_123, duration: 60_000 } },
    ]);
    await started.log.until('the end of the inverse offer', (event) =>
      event.type === 'rescinded' && event.offerId === 'i1' ? event : undefined,
    );
  });

  it('is where the files of an attempt in a group are', async () => {
    await start();
    sendOffers(offerOf('o1', 'a', whole));
    await started.log.offer();
    const update = (attemptId: string, executorId: string) =>
      stream.send({
        type: 'UPDATE',
        update: {
          status: {
            task_id: { value: attemptId },
            agent_id: { value: 'a' },
            executor_id: { value: executorId },
            state: 'TASK_RUNNING',
          },
        },
      });
    update('single', 'single');
    update('member', 'group-x');
    const executors = `http://a.example:5051/files/browse?path=/frameworks/${stream.frameworkId}/executors`;
    const sandboxOf = async (id: string) => (await started.log.update(id, ['TASK_RUNNING'])).sandbox;
    expect(await sandboxOf('single')).toBe(`${executors}/single/runs/latest`);
    expect(await sandboxOf('member')).toBe(`${executors}/group-x/runs/latest/tasks/member`);
  });

  it('is which agents have made offers, where the master lists none to it', async () => {
    master.operator.log.onEvery('GET_AGENTS').answer(403);
    await start();
    const first = await started.log.until('no agents', (event) =>
      event.type === 'agents' ? event : undefined,
    );
    expect(first).toEqual({ type: 'agents', agents: [], final: false });
    sendOffers(offerOf('o1', 'a', whole), offerOf('o2', 'b', whole));
    sendOffers(offerOf('o3', 'a', [scalar('cpus', 8), scalar('mem', 8)]));
    const agents = await started.log.until('two agents', (event) =>
      event.type === 'agents' && event.agents.length === 2 ? event.agents : undefined,
    );
    expect(agents.map(({ id, total }) => [id, total.cpus, total.mem])).toEqual([
      ['a', 8, 1024],
      ['b', 4, 1024],
    ]);
  });
});
