import { describe, expect, it } from 'vitest';
import type { AgentResources } from '../model/amounts.ts';
import type { Constraint } from '../model/constraint.ts';
import { scalingAdvice } from './shortfall.ts';
import type { AgentView, DemandView } from './views.ts';

const agent = (id: string, total: AgentResources, more: Partial<AgentView> = {}): AgentView => ({
  facts: { id, hostname: id, attributes: {} },
  total,
  free: [],
  attempts: 1,
  ...more,
});

const size = (cpus: number, mem: number): AgentResources => ({ cpus, mem, disk: 100 });

const demand = (waiting: number, cpus: number, mem: number, more: Partial<DemandView> = {}): DemandView => ({
  waiting,
  resources: { cpus, mem, disk: 0 },
  constraints: [],
  tags: [],
  ...more,
});

const sizesFor = (view: DemandView, ...agents: AgentView[]) =>
  scalingAdvice([view], agents, 0).shortfalls[0]?.sizes.map((each) => [
    each.like,
    each.tasksPerAgent,
    each.agents,
  ]);

describe('a shortfall', () => {
  it('says what is missing in all, exact to a thousandth', () => {
    const [shortfall] = scalingAdvice([demand(3, 0.1, 0.2)], [], 0).shortfalls;
    expect(shortfall).toMatchObject({
      tasks: 3,
      missing: { cpus: 0.3, mem: 0.6, disk: 0, gpus: 0 },
      sizes: [],
    });
  });

  it('says how many agents of which size would help, those first that would be used best', () => {
    const agents = [
      agent('big', size(16, 64)),
      agent('small', size(1, 1)),
      agent('fit', size(4, 8)),
      agent('fit2', size(4, 8)),
    ];
    expect(sizesFor(demand(8, 2, 8), ...agents)).toEqual([
      ['big', 8, 1],
      ['fit', 1, 8],
    ]);
    expect(sizesFor(demand(2, 2, 4), ...agents)).toEqual([
      ['fit', 2, 1],
      ['big', 2, 1],
    ]);
  });

  it('knows no size where no agent could ever run such a task', () => {
    expect(sizesFor(demand(8, 32, 4), agent('big', size(16, 64)))).toEqual([]);
  });

  it.each<[Constraint, number]>([
    [{ type: 'unique', field: '@hostname', among: 'web' }, 1],
    [{ type: 'unique', field: '@hostname', among: 'db' }, 4],
    [{ type: 'unique', field: 'rack', among: 'web' }, 4],
    [{ type: 'max-per', field: '@agent', among: 'web', maximum: 2 }, 2],
    [{ type: 'away-from', field: '@agent', from: 'web' }, 1],
    [{ type: 'exclusive' }, 1],
  ])('heeds how many tasks %j lets on an agent', (constraint, perAgent) => {
    const view = demand(4, 1, 1, { constraints: [constraint], tags: ['web'] });
    expect(sizesFor(view, agent('a', size(16, 64)))).toEqual([['a', perAgent, 4 / perAgent]]);
  });

  it('counts on another life of agents that are near their end', () => {
    const facts = { id: 'a', hostname: 'a', attributes: {}, plannedEnd: 1000 };
    const view = demand(2, 1, 1, { runMilliseconds: 60_000 });
    expect(sizesFor(view, agent('a', size(2, 2), { facts }))).toEqual([['a', 2, 1]]);
  });

  it('heeds ports', () => {
    const withPorts = { ...size(16, 64), ports: [{ begin: 1, end: 5 }] };
    const asking = (ports: { any?: number; fixed?: number[] }) =>
      demand(4, 1, 1, { resources: { cpus: 1, mem: 1, disk: 0, ports } });
    expect(sizesFor(asking({ any: 2 }), agent('a', withPorts))).toEqual([['a', 2, 2]]);
    expect(sizesFor(asking({ fixed: [3] }), agent('a', withPorts))).toEqual([['a', 1, 4]]);
  });

  it('leaves out what waits for a quota alone', () => {
    expect(scalingAdvice([demand(1, 1, 1, { overQuota: 'user u' })], [], 0).shortfalls).toEqual([]);
  });
});

describe('agents that are not needed', () => {
  it('are those with nothing on them that are kept for nobody, first those that are to be gone first', () => {
    const idle = { attempts: 0 };
    const leaving = (id: string, start: number) => ({
      ...idle,
      facts: { id, hostname: id, attributes: {}, unavailability: { start } },
    });
    const ending = (id: string, plannedEnd: number) => ({
      ...idle,
      facts: { id, hostname: id, attributes: {}, plannedEnd },
    });
    const agents = [
      agent('busy', size(1, 1)),
      agent('idle', size(1, 1), idle),
      agent('kept', size(1, 1), { ...idle, keptFor: 'gang g' }),
      agent('later', size(1, 1), leaving('later', 2000)),
      agent('soon', size(1, 1), leaving('soon', 1000)),
      agent('sooner', size(1, 1), ending('sooner', 500)),
    ];
    expect(scalingAdvice([], agents, 0).idleAgents).toEqual(['sooner', 'soon', 'later', 'idle']);
  });
});
