import { MasterClient, type mesos } from '@galaxy-mesos/mesos-client';
import type { Offer } from '@galaxy-mesos/scheduler';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { requireRealMesos, startMesos } from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { aLaunch, smallTask } from './driver-fixture.ts';
import { MesosFixture, type StartedMesosDriver } from './mesos-fixture.ts';

let fixture: MesosFixture;
let client: MasterClient;

const domain = JSON.stringify({
  fault_domain: { region: { name: 'north' }, zone: { name: 'n1' } },
});

const nanoseconds = (milliseconds: number): bigint => BigInt(milliseconds) * 1_000_000n;

/** The first offers of all agents, which are two. */
const offersOfAll = async ({ log }: StartedMesosDriver, from = 0): Promise<Offer[]> => {
  const first = await log.offer(from);
  return [first, await log.offer(from, ({ agent }) => agent.id !== first.agent.id)];
};

const rackOf = ({ agent }: Offer): string | undefined => agent.attributes.rack;

/** Lets several allocations pass, in each of which all would be offered that may be. */
const untilMoreOffersWould = () => new Promise((resolve) => setTimeout(resolve, 500));

describe.skipIf(!requireRealMesos())('MesosDriver on agents of many kinds', () => {
  beforeAll(async () => {
    const resources = 'cpus:2;mem:1024;disk:1024;licences:3;racks:{upper,lower};ports:[31000-31009]';
    const cluster = await startMesos({
      agents: [
        { resources, attributes: 'rack:a;speed:2.5;lanes:[1-5,8-9]' },
        { resources: 'cpus:4;mem:2048;disk:1024', attributes: 'rack:b' },
      ],
      masterFlags: { domain },
      agentFlags: { domain },
    });
    fixture = new MesosFixture(cluster);
    client = new MasterClient({ master: cluster.url });
  });

  afterEach(() => fixture.stopDrivers());

  afterAll(async () => {
    await client.close();
    await fixture.cluster.stop();
  });

  it('tells where an agent is, its attributes and all kinds of resources', async () => {
    const started = await fixture.start();
    const offers = await offersOfAll(started);
    expect(offers.find((offer) => rackOf(offer) === 'a')).toMatchObject({
      role: '*',
      agent: {
        attributes: { rack: 'a', speed: '2.5', lanes: '[1-5,8-9]' },
        region: 'north',
        zone: 'n1',
      },
      resources: {
        scalars: { licences: 3 },
        sets: { racks: ['upper', 'lower'] },
        ports: [{ begin: 31_000, end: 31_009 }],
      },
    });
    const agents = await started.log.until('agents', (event) =>
      event.type === 'agents' && event.agents.length === 2 ? event : undefined,
    );
    expect(agents).toMatchObject({ final: false });
    for (const { agent, resources } of offers)
      expect(agents.agents).toContainEqual({ ...agent, total: resources });
  });

  it('gives tasks items of sets and other scalars, and drops what there is too little of', async () => {
    const started = await fixture.start();
    const offer = await started.log.offer(0, (candidate) => rackOf(candidate) === 'a');
    const wanted = { ...smallTask, scalars: { licences: 2 }, sets: { racks: ['lower'] } };
    const launches = [
      aLaunch('sleep 300', { resources: wanted }),
      aLaunch('true', { resources: wanted }),
      aLaunch('true', { resources: { ...smallTask, sets: { racks: ['upper'] } } }),
    ];
    await started.driver.launch([offer.id], launches);
    const [first, second, third] = launches.map(({ attemptId }) => attemptId);
    expect((await started.log.end(second ?? '')).message).toContain('licences');
    expect((await started.log.end(third ?? '')).state).toBe('TASK_FINISHED');
    const isLater = ({ id }: Offer) => id !== offer.id;
    const licences = await started.log.offer(0, (each) => isLater(each) && !!each.resources.scalars);
    expect(licences.resources.scalars).toEqual({ licences: 1 });
    const racks = await started.log.offer(0, (each) => isLater(each) && !!each.resources.sets);
    expect(racks.resources.sets).toEqual({ racks: ['upper'] });
    await started.driver.kill({ attemptId: first ?? '', agentId: offer.agent.id }, 0);
  });

  it('accepts several offers of an agent together, and refuses those of two', async () => {
    const started = await fixture.start();
    const { driver, log } = started;
    const [one, other] = await offersOfAll(started);
    if (one === undefined || other === undefined) throw new Error('There are two agents');
    const call = driver.launch([one.id, other.id], [aLaunch('true')]);
    await expect(call).rejects.toMatchObject({ code: 'OFFERS_DIFFER' });

    // A task that ends while the rest of its offer is held out leaves an offer of its own.
    const { cpus, mem } = one.resources;
    const short = aLaunch('true', { resources: { cpus: 1, mem: mem / 2, disk: 0 } });
    await driver.launch([one.id], [short]);
    const isOfOne = ({ id, agent }: Offer) => id !== one.id && agent.id === one.agent.id;
    const rest = await log.offer(0, isOfOne);
    const freed = await log.offer(0, (offer) => isOfOne(offer) && offer.id !== rest.id);
    const whole = aLaunch('true', { resources: { cpus, mem, disk: 0 } });
    await driver.launch([rest.id, freed.id], [whole]);
    expect((await log.end(whole.attemptId)).state).toBe('TASK_FINISHED');
  });

  it('has several roles, and makes no offer for two of them', async () => {
    const started = await fixture.start({ roles: ['blue', 'green'] });
    const blue = await started.log.offer(0, ({ role }) => role === 'blue');
    const green = await started.log.offer(0, ({ role }) => role === 'green');
    await expect(started.driver.launch([blue.id, green.id], [aLaunch('true')])).rejects.toMatchObject({
      code: 'OFFERS_DIFFER',
    });
    const launch = aLaunch('true');
    await started.driver.launch([green.id], [launch]);
    expect((await started.log.end(launch.attemptId)).state).toBe('TASK_FINISHED');
  });

  it('takes reserved resources with labels and volumes, and finds files again in a volume', async () => {
    const started = await fixture.start({ roles: ['keeper'] });
    const { driver, log } = started;
    const [{ id, agent } = missing()] = await offersOfAll(started);
    await driver.decline([id], 86_400);
    const volumes = await reserveAndCreate(agent.id);
    await driver.revive();
    const offer = await log.offer(0, ({ resources }) => resources.volumes?.length === 2);
    expect(offer.resources.reserved).toEqual([
      {
        type: 'DYNAMIC',
        role: 'keeper',
        labels: { pool: 'fast' },
        resources: { cpus: 1, mem: 0, disk: 0 },
      },
    ]);
    expect(offer.resources.volumes).toEqual([
      { persistenceId: 'kept', size: 64, shared: false },
      { persistenceId: 'common', size: 32, shared: true },
    ]);
    const reservation = { labels: { pool: 'fast' } };
    const use = (persistenceId: string, command: string, mem = 0) => {
      const demand = [{ persistenceId, containerPath: 'data' }];
      return aLaunch(command, { resources: { cpus: 0.1, mem, disk: 0, reservation, volumes: demand } });
    };
    // Memory is not reserved, so that a task that takes all from what is gets none.
    const withoutMemory = use('kept', 'true', 64);
    const writing = [use('kept', 'echo 1 >data/file'), use('common', 'true'), use('common', 'true')];
    await driver.launch([offer.id], [withoutMemory, ...writing]);
    expect((await log.end(withoutMemory.attemptId)).message).toContain('too little left of mem');
    for (const { attemptId } of writing) expect((await log.end(attemptId)).state).toBe('TASK_FINISHED');
    const reading = use('kept', 'cat data/file');
    const isBack = ({ id: later, resources }: Offer) =>
      later !== offer.id && !!resources.reserved && !!resources.volumes?.some((each) => !each.shared);
    await driver.launch([(await log.offer(0, isBack)).id], [reading]);
    await log.end(reading.attemptId);
    const attempt = { attemptId: reading.attemptId, agentId: agent.id };
    expect(await driver.tailSandboxFile(attempt, 'stdout', 10)).toBe('1\n');
    await destroyAndUnreserve(agent.id, volumes);
  });

  it('tells of maintenance, and how convenient it is', async () => {
    const started = await fixture.start();
    const { driver, log } = started;
    const offer = await log.offer(0, (candidate) => rackOf(candidate) === 'b');
    const launch = aLaunch('sleep 300');
    await driver.launch([offer.id], [launch]);
    await log.update(launch.attemptId, ['TASK_RUNNING']);
    const from = log.length;
    const start = Date.now() + 3_600_000;
    await schedule([{ start: { nanoseconds: nanoseconds(start) + 789n } }]);
    const [inverse = missing()] = await log.until('inverse offers', (event) =>
      event.type === 'inverse-offers' ? event.offers : undefined,
    );
    expect(inverse.unavailability).toEqual({ start });
    const later = await log.offer(from, ({ agent }) => agent.unavailability !== undefined);
    expect(later.agent.unavailability).toEqual({ start });
    await driver.answerInverseOffers([inverse.id], 'decline');
    await untilStatus('DECLINE');
    await driver.answerInverseOffers([inverse.id], 'accept');

    await schedule([]);
    await driver.kill({ attemptId: launch.attemptId, agentId: offer.agent.id }, 0);
    await log.end(launch.attemptId);
  });

  it('gets no offers of agents that are of no use, nor such as are too small', async () => {
    const warnings: string[] = [];
    const started = await fixture.start({ onWarning: (message) => warnings.push(message) });
    const { driver, log } = started;
    const declineAll = async (offers: readonly Offer[]) =>
      driver.decline(
        offers.map(({ id }) => id),
        86_400,
      );
    await declineAll(await offersOfAll(started));
    const rule = { field: 'rack', predicate: 'equals', operand: 'b' } as const;
    let from = log.length;
    await driver.revive({ smallest: [], agents: [[rule]] });
    await declineAll([await log.offer(from)]);
    await untilMoreOffersWould();
    expect(log.offers(from).map(rackOf)).toEqual(['b']);

    from = log.length;
    await driver.revive({ smallest: [{ cpus: 3, mem: 64, disk: 0 }], agents: [] });
    await declineAll([await log.offer(from)]);
    await untilMoreOffersWould();
    expect(log.offers(from).map(({ resources }) => resources.cpus)).toEqual([4]);

    from = log.length;
    await driver.revive({ smallest: [], agents: [] });
    await offersOfAll(started, from);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['not-equals', ['a', 'b']],
    ['not-matches', ['a', 'b']],
    ['not-exists', ['a', 'b']],
    ['equals', []],
    ['exists', []],
  ] as const)('takes an agent without an attribute as the master does: %s', async (predicate, racks) => {
    const started = await fixture.start();
    const { driver, log } = started;
    const offers = await offersOfAll(started);
    const from = log.length;
    const rule = { field: 'colour', predicate, operand: predicate.includes('exists') ? '' : 'red' } as const;
    await driver.revive({ smallest: [], agents: [[rule]] });
    await driver.decline(
      offers.map(({ id }) => id),
      0,
    );
    await untilMoreOffersWould();
    expect(log.offers(from).map(rackOf).sort()).toEqual(racks);
  });

  it('goes on without rules that the master refuses, says so once, and keeps to the amounts', async () => {
    const warnings: string[] = [];
    const started = await fixture.start({ onWarning: (message) => warnings.push(message) });
    const { driver, log } = started;
    await offersOfAll(started);
    const rule = { field: 'rack', predicate: 'matches', operand: '(' } as const;
    const from = log.length;
    await driver.revive({ smallest: [{ cpus: 3, mem: 64, disk: 0 }], agents: [[rule]] });
    await driver.decline(
      log.offers(0).map(({ id }) => id),
      0,
    );
    expect((await log.offer(from)).resources.cpus).toBe(4);
    await untilMoreOffersWould();
    expect(log.offers(from)).toHaveLength(1);
    await driver.revive({ smallest: [], agents: [[rule]] });
    await log.offer(from, ({ resources }) => resources.cpus === 2);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('UPDATE_FRAMEWORK');
  });

  it('has a group taken by the master, with what its executor needs', async () => {
    const started = await fixture.start();
    const launches = [1, 2].map(() => aLaunch('true', { groupId: 'group' }));
    const offer = await started.freshOffer();
    await started.driver.launch([offer.id], launches);
    for (const { attemptId } of launches) {
      const { reason, state } = await started.log.end(attemptId);
      // The agent of the fixture has no executor for groups; that the master has sent it there is what counts.
      expect([state, reason]).toEqual(['TASK_FAILED', 'REASON_EXECUTOR_TERMINATED']);
    }
  });
});

const reservations = [
  { type: 'DYNAMIC', role: 'keeper', labels: { labels: [{ key: 'pool', value: 'fast' }] } },
] as const;

const reservedCpus: mesos.Resource = { name: 'cpus', type: 'SCALAR', scalar: { value: 1 }, reservations };

const reservedDisk = (value: number, more: Partial<mesos.Resource> = {}): mesos.Resource => ({
  name: 'disk',
  type: 'SCALAR',
  scalar: { value },
  reservations,
  ...more,
});

const volumeOf = (id: string, value: number, more: Partial<mesos.Resource> = {}): mesos.Resource =>
  reservedDisk(value, {
    disk: { persistence: { id }, volume: { mode: 'RW', container_path: 'unused' } },
    ...more,
  });

async function reserveAndCreate(agentId: string): Promise<mesos.Resource[]> {
  const agent_id = { value: agentId };
  const volumes = [volumeOf('kept', 64), volumeOf('common', 32, { shared: {} })];
  const resources = [reservedCpus, reservedDisk(96)];
  await client.call({ type: 'RESERVE_RESOURCES', reserve_resources: { agent_id, resources } });
  await client.call({ type: 'CREATE_VOLUMES', create_volumes: { agent_id, volumes } });
  return volumes;
}

async function destroyAndUnreserve(agentId: string, volumes: mesos.Resource[]): Promise<void> {
  await fixture.stopDrivers();
  const agent_id = { value: agentId };
  const resources = [reservedCpus, reservedDisk(96)];
  await client.call({ type: 'DESTROY_VOLUMES', destroy_volumes: { agent_id, volumes } });
  await client.call({ type: 'UNRESERVE_RESOURCES', unreserve_resources: { agent_id, resources } });
}

/** Plans maintenance of the machine that all agents are on. */
async function schedule(unavailabilities: readonly mesos.Unavailability[]): Promise<void> {
  const machine_ids = [{ hostname: 'localhost', ip: '127.0.0.1' }];
  const windows = unavailabilities.map((unavailability) => ({ machine_ids, unavailability }));
  await client.call({
    type: 'UPDATE_MAINTENANCE_SCHEDULE',
    update_maintenance_schedule: { schedule: { windows } },
  });
}

/** Waits until the master has noted what a framework answered. */
async function untilStatus(wanted: string): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    const { status } = await client.call({ type: 'GET_MAINTENANCE_STATUS' });
    const statuses = (status.draining_machines ?? []).flatMap((machine) => machine.statuses ?? []);
    if (statuses.some((each) => each.status === wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited in vain for an answer ${wanted}`);
}

const missing = (): never => {
  throw new Error('There is at least one');
};
