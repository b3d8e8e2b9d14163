import type { AgentResources, KnownAgent, Offer, Unavailability } from '@galaxy-mesos/scheduler';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AgentList, ListedAgent } from './agent-lister.ts';
import { Roster } from './roster.ts';

const listed = (id: string, cpus: number, more: Partial<ListedAgent> = {}): ListedAgent => ({
  agent_info: { hostname: id, id: { value: id } },
  active: true,
  version: '1.11.0',
  total_resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: cpus } }],
  ...more,
});

const listOf = (...agents: ListedAgent[]): AgentList => ({ agents, awaited: 0 });

const amounts = (cpus: number): AgentResources => ({ cpus, mem: 0, disk: 0 });

const offerOf = (id: string, cpus: number, unavailability?: Unavailability): Offer => ({
  id: `offer of ${id}`,
  agent: { id, hostname: id, attributes: {}, ...(unavailability && { unavailability }) },
  resources: amounts(cpus),
});

let lists: (() => Promise<AgentList>)[];
let asked: number;
let told: (readonly KnownAgent[])[];
let roster: Roster;

const idsOf = (agents: readonly KnownAgent[] = []) => agents.map(({ id, total }) => `${id}:${total.cpus}`);

beforeEach(() => {
  vi.useFakeTimers();
  lists = [];
  asked = 0;
  told = [];
  roster = new Roster({
    list: () => {
      asked += 1;
      return (lists.shift() ?? (async () => listOf()))();
    },
    tell: (agents) => told.push(agents),
  });
});

afterEach(() => {
  roster.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const answer = (...agents: ListedAgent[]) => lists.push(async () => listOf(...agents));

describe('Roster', () => {
  it('lists agents after each subscription, and every few minutes', async () => {
    answer(listed('a', 4));
    roster.subscribed();
    await vi.advanceTimersByTimeAsync(0);
    answer(listed('a', 4), listed('b', 2));
    await vi.advanceTimersByTimeAsync(300_000);
    answer(listed('b', 2));
    roster.subscribed();
    await vi.advanceTimersByTimeAsync(0);
    expect(told.map(idsOf)).toEqual([['a:4'], ['a:4', 'b:2'], ['b:2']]);
  });

  it('takes long lists in turns, and heeds what comes meanwhile', async () => {
    const many = Array.from({ length: 1200 }, (_, index) => listed(`a${index}`, 1));
    let turns = 0;
    const spin = () => {
      turns += 1;
      if (told.length === 0) setImmediate(spin);
    };
    lists.push(async () => {
      setImmediate(() => {
        roster.offered([offerOf('new', 2)]);
        roster.lost('a1');
        spin();
      });
      return listOf(...many);
    });
    vi.useRealTimers();
    roster.subscribed();
    await vi.waitUntil(() => told.length > 0);
    expect(turns).toBeGreaterThan(1);
    expect(told[0]).toHaveLength(1200);
    expect(idsOf(told[0]).slice(-2)).toEqual(['a1199:1', 'new:2']);
    expect(idsOf(told[0])).not.toContain('a1:1');
    roster.stop();
    vi.useFakeTimers();
  });

  it('leaves out agents that are away or deactivated', async () => {
    answer(listed('a', 4, { active: false }), listed('b', 2, { deactivated: true }), listed('c', 1));
    roster.subscribed();
    await vi.advanceTimersByTimeAsync(0);
    expect(idsOf(told[0])).toEqual(['c:1']);
  });

  it('asks a new master again soon, as long as agents are missing', async () => {
    answer();
    lists.push(async () => ({ agents: [listed('a', 4)], awaited: 1 }));
    answer(listed('a', 4), listed('b', 4));
    roster.subscribed();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told.map(idsOf)).toEqual([[], ['a:4'], ['a:4', 'b:4']]);
  });

  it('asks again when an agent makes an offer that was not known, but not for each', async () => {
    answer(listed('z', 1));
    roster.subscribed();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(1);
    roster.offered([offerOf('a', 1), offerOf('b', 1)]);
    answer(listed('a', 4), listed('b', 4));
    await vi.advanceTimersByTimeAsync(1000);
    roster.offered([offerOf('c', 1)]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toBe(2);
    answer(listed('a', 4), listed('b', 4), listed('c', 4));
    await vi.advanceTimersByTimeAsync(14_000);
    expect(told.map(idsOf)).toEqual([['z:1'], ['a:4', 'b:4'], ['a:4', 'b:4', 'c:1'], ['a:4', 'b:4', 'c:4']]);
  });

  it('keeps an agent that has made an offer since it asked, which the list is too old to have', async () => {
    const { promise, resolve } = Promise.withResolvers<AgentList>();
    lists.push(() => promise);
    roster.subscribed();
    roster.offered([offerOf('new', 1)]);
    resolve(listOf(listed('a', 4)));
    await vi.advanceTimersByTimeAsync(0);
    expect(idsOf(told[0])).toEqual(['a:4', 'new:1']);
  });

  it('takes no answer of a master that it has lost', async () => {
    const { promise, resolve } = Promise.withResolvers<AgentList>();
    lists.push(() => promise);
    roster.subscribed();
    answer(listed('b', 2));
    roster.subscribed();
    resolve(listOf(listed('a', 4)));
    await vi.advanceTimersByTimeAsync(0);
    expect(told.map(idsOf)).toEqual([['b:2']]);
  });

  it('has of each agent the most that it offered where there is no list', async () => {
    lists.push(() => Promise.reject(new Error('forbidden')));
    roster.subscribed();
    roster.offered([offerOf('a', 3)]);
    roster.offered([offerOf('a', 1), offerOf('b', 2)]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(idsOf(told.at(-1))).toEqual(['a:3', 'b:2']);
  });

  it('keeps the maintenance of which the latest offer told', async () => {
    answer(listed('a', 4));
    roster.subscribed();
    await vi.advanceTimersByTimeAsync(0);
    roster.offered([offerOf('a', 1, { start: 5 })]);
    answer(listed('a', 4));
    await vi.advanceTimersByTimeAsync(300_000);
    expect(told.at(-1)).toMatchObject([{ id: 'a', unavailability: { start: 5 }, total: amounts(4) }]);
    roster.offered([offerOf('a', 1)]);
    answer(listed('a', 4));
    await vi.advanceTimersByTimeAsync(300_000);
    expect(told.at(-1)?.[0]).not.toHaveProperty('unavailability');
  });

  it('forgets an agent that is lost, until it offers again', async () => {
    answer(listed('a', 4), listed('b', 4));
    roster.subscribed();
    await vi.advanceTimersByTimeAsync(0);
    roster.lost('a');
    answer(listed('b', 4));
    await vi.advanceTimersByTimeAsync(300_000);
    expect(idsOf(told.at(-1))).toEqual(['b:4']);
    roster.offered([offerOf('a', 2)]);
    answer(listed('a', 4), listed('b', 4));
    await vi.advanceTimersByTimeAsync(15_000);
    expect(idsOf(told.at(-1))).toEqual(['a:4', 'b:4']);
  });

  it('forgets an agent that is lost while the master still lists it', async () => {
    const { promise, resolve } = Promise.withResolvers<AgentList>();
    lists.push(() => promise);
    roster.subscribed();
    roster.lost('a');
    resolve(listOf(listed('a', 4), listed('b', 4)));
    await vi.advanceTimersByTimeAsync(0);
    expect(idsOf(told.at(-1))).toEqual(['b:4']);
  });
});
