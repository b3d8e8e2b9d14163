import { describe, expect, it } from 'vitest';
import { compileConstraints, TagCounts } from '../constraints/index.ts';
import type { TaskResources } from '../model/amounts.ts';
import type { Constraint } from '../model/constraint.ts';
import type { Resources } from '../model/resources.ts';
import {
  describeBriefly,
  describeConstraint,
  describeDemand,
  describeExplanation,
  describeImpossible,
} from './describe.ts';
import { explainClass } from './explain-class.ts';
import type { AgentView } from './views.ts';

const size = (cpus: number, mem = 4096): Resources => ({ cpus, mem, disk: 0 });

const agents = (count: number, total: Resources, more: Partial<AgentView> = {}): AgentView[] =>
  Array.from({ length: count }, (_, number) => ({
    facts: { id: `a${number}`, hostname: `a${number}`, attributes: {} },
    total,
    free: [{ resources: total }],
    attempts: 0,
    ...more,
  }));

const explain = (
  waiting: number,
  resources: TaskResources,
  all: readonly AgentView[],
  ...constraints: Constraint[]
) => {
  const compiled = compileConstraints({ constraints });
  return explainClass({ waiting, resources, tags: [], constraints, compiled }, all, new TagCounts(), 0);
};

const ssd: Constraint = { type: 'equals', field: 'disk', value: 'ssd' };

const fast = { facts: { id: 'f', hostname: 'f', attributes: { disk: 'ssd' } } };

describe('why tasks wait, in words', () => {
  it('names the closest miss where it is impossible', () => {
    const impossible = explain(1, size(8), [...agents(11, size(2)), ...agents(1, size(4))]);
    expect(describeImpossible(impossible)).toBe(
      'no known agent could ever run it: it asks for 8 cpus; the largest of 12 agents has 4',
    );
    expect(describeImpossible(explain(1, size(8), agents(1, size(8))))).toBeUndefined();
  });

  it('names the closest miss among the agents that constraints leave', () => {
    const all = [...agents(9, size(16)), ...agents(3, size(4), fast)];
    expect(describeImpossible(explain(1, size(8), all, ssd))).toBe(
      'no known agent could ever run it: it asks for 8 cpus; the largest of 3 that are left of 12 agents has 4',
    );
    expect(describeImpossible(explain(1, size(8), agents(9, size(16)), ssd))).toBe(
      'no known agent could ever run it: of 9 agents 9 are ruled out: disk must be ssd',
    );
  });

  it('is one sentence for a warning', () => {
    const all = [...agents(9, size(8), { free: [] }), ...agents(3, size(4)), ...agents(1, size(2, 64))];
    expect(describeBriefly(explain(2, size(8, 128), all))).toBe(
      '2 tasks wait, each for 8 cpus, 128 MiB of memory, 0 MiB of disk: ' +
        'of 13 agents 9 hold out nothing at the moment and 4 have less than 8 cpus, 4 at most',
    );
    expect(describeBriefly(explain(1, size(1), agents(1, size(2))))).toBe(
      '1 task waits for 1 cpu, 4096 MiB of memory, 0 MiB of disk: of 1 agent 1 holds out enough',
    );
    const givenBack = { free: [{ resources: size(2), isGivenBack: true }] };
    expect(describeBriefly(explain(1, size(1), agents(2, size(2), givenBack)))).toBe(
      '1 task waits for 1 cpu, 4096 MiB of memory, 0 MiB of disk: ' +
        'of 2 agents 2 held out enough last, and hold out nothing now: others may use it',
    );
    expect(describeBriefly(explain(1, size(1), []))).toContain('no agent is known');
  });

  it('is a table for a terminal', () => {
    const all = [...agents(2, size(2)), ...agents(1, size(16), { free: [{ resources: size(16, 10) }] })];
    expect(describeExplanation(explain(3, size(8), all))).toBe(
      [
        '3 tasks wait, each for 8 cpus, 4096 MiB of memory, 0 MiB of disk',
        '  could ever run it: 1 of 3 agents',
        '    2 have less than 8 cpus, 2 at most',
        '  could run it now: 0 of 3 agents',
        '    2 have less than 8 cpus, 2 at most',
        '    1 has less than 4096 MiB of memory, 10 at most',
      ].join('\n'),
    );
    expect(describeExplanation(explain(1, size(99), all)).split('\n')[1]).toBe(
      '  no known agent could ever run it: it asks for 99 cpus; the largest of 3 agents has 16',
    );
  });

  it('has words for all that can be asked for', () => {
    expect(
      describeDemand({
        ...size(1, 2),
        gpus: 1,
        scalars: { licences: 2 },
        ports: { any: 1, fixed: [80] },
        sets: { keys: ['a', 'b'] },
        volumes: [{ persistenceId: 'v', containerPath: 'v' }],
        disks: [{ size: 1, containerPath: 'd' }],
      }),
    ).toBe(
      '1 cpu, 2 MiB of memory, 0 MiB of disk, 1 gpu, 2 of licences, 2 ports, a and b of keys, 1 volume, 1 whole disk',
    );
  });

  it.each<[Constraint, string]>([
    [{ ...ssd, not: true }, 'disk must not be ssd'],
    [{ type: 'in', field: '@zone', values: ['eu/1', 'eu/2', 'us/1'] }, 'zone must be eu/1, eu/2 or us/1'],
    [{ type: 'matches', field: '@hostname', pattern: 'a.*' }, 'host must match a.*'],
    [{ type: 'gpu-model', models: ['A100'] }, 'the graphics processors must be A100'],
    [{ type: 'unique', field: '@hostname', among: 'web' }, 'only one task tagged web for each host'],
    [
      { type: 'max-per', field: 'rack', among: 'web', maximum: 2 },
      'at most 2 tasks tagged web for each rack',
    ],
    [{ type: 'group-by', field: 'rack', among: 'web' }, 'tasks tagged web must be spread evenly by rack'],
    [{ type: 'near', field: 'rack', to: 'db' }, 'must have the rack of a task tagged db'],
    [{ type: 'away-from', field: 'rack', from: 'db' }, 'must not have the rack of a task tagged db'],
    [{ type: 'exclusive' }, 'an agent for one task alone'],
  ])('has words for a constraint: %j', (constraint, words) => {
    expect(describeConstraint(constraint)).toBe(words);
  });
});
