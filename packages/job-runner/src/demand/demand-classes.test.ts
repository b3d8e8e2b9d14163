import type { WaitingDemand } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { demandClasses, stillWaiting } from './demand-classes.ts';

const waiting = (cpus: number, count: number, more: Partial<WaitingDemand> = {}): WaitingDemand => ({
  resources: { cpus, mem: 100, disk: 0 },
  constraints: [],
  count,
  placed: 0,
  ...more,
});

const plain = { mem: 100, disk: 0, gpus: 0, placed: 0 };

describe('demandClasses', () => {
  it('adds up those who ask for the same, those of most tasks first', () => {
    const gpus = { resources: { cpus: 1, mem: 100, disk: 0, gpus: 1 } };
    expect(demandClasses([waiting(4, 2), waiting(1, 3), waiting(4, 5), waiting(1, 1, gpus)])).toEqual([
      { ...plain, cpus: 4, count: 7 },
      { ...plain, cpus: 1, count: 3 },
      { ...plain, cpus: 1, gpus: 1, count: 1 },
    ]);
  });

  it('keeps those apart that run for long, and those that ask for other attributes', () => {
    const constraints = [{ type: 'equals', field: 'pool', value: 'big' }] as const;
    expect(
      demandClasses([waiting(1, 3, { runSeconds: 60 }), waiting(1, 2), waiting(1, 1, { constraints })]),
    ).toEqual([
      { ...plain, cpus: 1, count: 3, longestSeconds: 60 },
      { ...plain, cpus: 1, count: 2 },
      { ...plain, cpus: 1, count: 1, constraints: [{ field: 'pool', values: ['big'] }] },
    ]);
  });

  it('tells what is asked of attributes', () => {
    const constraints = [
      { type: 'equals', field: 'pool', value: 'big', not: true },
      { type: 'in', field: 'card', values: ['a100', 'h100'] },
      { type: 'in', field: 'rack', values: ['1'], not: true },
      { type: 'gpu-model', models: ['k80'] },
    ] as const;
    expect(demandClasses([waiting(1, 1, { constraints })])).toEqual([
      {
        ...plain,
        cpus: 1,
        count: 1,
        constraints: [
          { field: 'pool', values: ['big'], not: true },
          { field: 'card', values: ['a100', 'h100'] },
          { field: 'rack', values: ['1'], not: true },
          { field: 'gpu_model', values: ['k80'] },
        ],
      },
    ]);
  });

  it('says in words what cannot be told of agents that are not there', () => {
    const constraints = [
      { type: 'equals', field: '@hostname', value: 'n1' },
      { type: 'matches', field: 'rack', pattern: 'a.*' },
      { type: 'unique', field: '@hostname', among: 'mine\n' },
      { type: 'exclusive' },
    ] as const;
    expect(demandClasses([waiting(1, 1, { constraints })])).toEqual([
      {
        ...plain,
        cpus: 1,
        count: 1,
        uncarried: [
          'equals field @hostname value n1',
          'matches field rack pattern a.*',
          'unique field @hostname among mine ',
          'exclusive',
        ],
      },
    ]);
  });
});

describe('stillWaiting', () => {
  it('tells how many were given a place, also where fewer were before', () => {
    const before = demandClasses([waiting(1, 3, { placed: 2 })]);
    const now = demandClasses([waiting(1, 2, { placed: 3 }), waiting(1, 1, { placed: 4 })]);
    expect(stillWaiting(now, before)).toEqual([{ ...plain, cpus: 1, count: 3, placed: 7 }]);
  });

  it('leaves out what came just now', () => {
    const before = demandClasses([waiting(1, 3), waiting(2, 5), waiting(3, 5)]);
    const now = demandClasses([waiting(1, 9), waiting(2, 4), waiting(4, 1)]);
    expect(stillWaiting(now, before)).toEqual([
      { ...plain, cpus: 1, count: 3 },
      { ...plain, cpus: 2, count: 4 },
    ]);
  });
});
