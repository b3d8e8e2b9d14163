import type { DriverEvent } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { answers, calls, lose } from '../faults/message-faults.ts';
import { settleTurns, untilDone } from '../run.ts';
import { SimulatedCluster } from '../simulated-cluster.ts';
import { SimulatedDriver } from './simulated-driver.ts';

async function connect(cluster: SimulatedCluster, id?: string) {
  const events: DriverEvent[] = [];
  const driver = new SimulatedDriver({ cluster, tellsAgents: false, ...(id && { framework: { id } }) });
  await untilDone(
    cluster.time,
    driver.start((event) => events.push(event)),
  );
  return { driver, events, types: () => events.map(({ type }) => type) };
}

async function setUp() {
  const cluster = new SimulatedCluster();
  cluster.addAgents(2, { resources: { cpus: 4, mem: 4096, disk: 1000 } });
  const wait = (seconds: number) => cluster.time.advanceWith(seconds * 1000, settleTurns);
  return { cluster, wait, ...(await connect(cluster)) };
}

const aLaunch = (attemptId: string, cpus = 1) => ({
  attemptId,
  name: attemptId,
  command: '',
  environment: {},
  resources: { cpus, mem: 64, disk: 0 },
});

const offerIds = (events: readonly DriverEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'offers' ? event.offers.map(({ id }) => id) : []));

describe('a simulated driver', () => {
  it('gives way to a later one of the same framework, whose offers are new', async () => {
    const { cluster, driver, events, wait } = await setUp();
    await wait(2);
    const [old = ''] = offerIds(events);
    const later = await connect(cluster, driver.session.frameworkId);
    await wait(2);
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      error: { message: '[STOPPED] Framework failed over' },
    });
    await expect(driver.reconcile([])).rejects.toMatchObject({ code: 'STOPPED' });
    expect(offerIds(later.events)).toHaveLength(2);
    expect(offerIds(later.events)).not.toContain(old);
  });

  it('is refused once its framework was removed, because it was away for too long', async () => {
    const { cluster, driver, wait } = await setUp();
    await driver.stop('disconnect');
    await wait(61);
    const again = connect(cluster, driver.session.frameworkId);
    await expect(again).rejects.toThrow('[STOPPED] Framework has been removed');
  });

  it('connects again by itself when the connection breaks, and when it has been silent for 75 s', async () => {
    const { driver, types, wait } = await setUp();
    await wait(2);
    driver.session.breakOff();
    await wait(5);
    expect(types().slice(-3)).toEqual(['disconnected', 'subscribed', 'offers']);
    driver.session.cut();
    await wait(70);
    expect(types().at(-1)).toBe('offers');
    await wait(10);
    expect(types().at(-1)).toBe('disconnected');
    driver.session.mend();
    await wait(80);
    expect(types().slice(-2)).toEqual(['subscribed', 'offers']);
  });

  it('connects to the next master, and what was suppressed stays so', async () => {
    const { cluster, driver, types, wait } = await setUp();
    await untilDone(cluster.time, driver.suppress());
    cluster.failMaster(30);
    await wait(29);
    await expect(driver.suppress()).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
    await wait(10);
    expect(types().slice(-2)).toEqual(['disconnected', 'subscribed']);
  });

  it('cannot tell the fate of a call whose answer is lost, whether or not it was taken', async () => {
    const { cluster, driver, wait, types } = await setUp();
    for (const fault of [lose(calls('SUPPRESS'), { times: 1 }), lose(answers('SUPPRESS'), { times: 1 })]) {
      cluster.network.faults.add(fault);
      const call = expect(driver.suppress()).rejects.toMatchObject({ code: 'FATE_UNKNOWN' });
      await wait(80);
      await call;
    }
    expect(types().filter((type) => type === 'disconnected')).toHaveLength(2);
  });

  it('refuses launches with offers that are gone, and what its offers are too small for', async () => {
    const { driver, events, wait } = await setUp();
    await wait(2);
    const [first = ''] = offerIds(events);
    await driver.launch(['never-was'], [aLaunch('a')]);
    const launch = driver.launch([first], [aLaunch('b', 3), aLaunch('c', 2)]);
    await wait(1);
    await launch;
    const states = events.flatMap((event) =>
      event.type === 'update' ? `${event.update.attemptId} ${event.update.state}` : [],
    );
    expect(states).toEqual(['a TASK_DROPPED', 'c TASK_DROPPED', 'b TASK_STARTING']);
    expect(driver.excesses).toHaveLength(1);
    await expect(driver.tailSandboxFile()).resolves.toBe('');
  });

  it('asks whether maintenance is convenient, and tells of agents that are lost', async () => {
    const { cluster, driver, events, types, wait } = await setUp();
    await wait(2);
    const [first = ''] = offerIds(events);
    const launch = driver.launch([first], [aLaunch('a')]);
    await wait(2);
    await launch;
    const agentId = [...cluster.agents.values()].find(({ tasks }) => tasks.size > 0)?.id ?? '';
    const unavailability = { start: cluster.time.date + 3_600_000, duration: 60_000 };
    cluster.master?.maintenance.schedule([agentId], unavailability);
    await wait(2);
    const asked = events.find(({ type }) => type === 'inverse-offers');
    expect(asked).toMatchObject({ offers: [{ agentId, unavailability }] });
    const ids = asked?.type === 'inverse-offers' ? asked.offers.map(({ id }) => id) : [];
    await untilDone(cluster.time, driver.answerInverseOffers(ids, 'decline'));
    await wait(10);
    expect(types().filter((type) => type === 'inverse-offers').length).toBeGreaterThan(1);
    cluster.master?.agents.markGone(agentId);
    await wait(1);
    expect(types().slice(-3)).toEqual(['update', 'rescinded', 'agent-lost']);
  });

  it('reads late what came while its process stood still', async () => {
    const { cluster, driver, events, types, wait } = await setUp();
    await wait(2);
    driver.session.freeze();
    for (const offerId of offerIds(events)) {
      const offer = cluster.master?.state.offers.find(offerId);
      const framework = cluster.master?.state.frameworks.get(offer?.frameworkId ?? '');
      if (offer && framework) cluster.master?.state.offers.rescind(offer, framework);
    }
    await wait(120);
    expect(types().at(-1)).toBe('offers');
    driver.session.thaw();
    await wait(1);
    expect(types().slice(2, 4)).toEqual(['rescinded', 'rescinded']);
  });
});
