import type { mesos } from '@galaxy-mesos/mesos-client';
import { describe, expect, it } from 'vitest';
import { agentFacts, offerFrom, unavailabilityOf } from './agent-facts.ts';

const range = (begin: number, end: number) => ({ begin: BigInt(begin), end: BigInt(end) });

describe('agentFacts', () => {
  it('writes attributes of all types as Mesos does', () => {
    const attributes: mesos.Attribute[] = [
      { name: 'rack', type: 'TEXT', text: { value: 'a b' } },
      { name: 'speed', type: 'SCALAR', scalar: { value: 2.5 } },
      { name: 'third', type: 'SCALAR', scalar: { value: 1 / 3 } },
      { name: 'lanes', type: 'RANGES', ranges: { range: [range(1, 5), range(8, 9)] } },
    ];
    expect(agentFacts('agent-1', { hostname: 'node1', attributes })).toEqual({
      id: 'agent-1',
      hostname: 'node1',
      attributes: { rack: 'a b', speed: '2.5', third: '0.333', lanes: '[1-5,8-9]' },
    });
  });

  it('keeps the first of attributes with one name, which is the one that Mesos looks at', () => {
    const attributes = ['a', 'b', 'c'].map(
      (value): mesos.Attribute => ({ name: 'rack', type: 'TEXT', text: { value } }),
    );
    expect(agentFacts('agent-1', { hostname: 'node1', attributes }).attributes).toEqual({ rack: 'a' });
  });
});

describe('the planned end of an agent', () => {
  const text = (name: string, value: string): mesos.Attribute => ({ name, type: 'TEXT', text: { value } });
  const scalar = (name: string, value: number): mesos.Attribute => ({
    name,
    type: 'SCALAR',
    scalar: { value },
  });
  const endOf = (...attributes: mesos.Attribute[]) =>
    agentFacts('a', { hostname: 'h', attributes }).plannedEnd;
  const pilot = text('pilot', 'gm-c-p-abcdefgh');

  it('is what a pilot says in seconds since 1970', () => {
    expect(endOf(pilot, scalar('ends', 1_795_000_000))).toBe(1_795_000_000_000);
  });

  it.each([
    ['of an agent that is no pilot', [scalar('ends', 1_795_000_000)]],
    ['that is no number', [pilot, text('ends', 'never')]],
    ['that is none', [pilot]],
    ['that is negative', [pilot, scalar('ends', -1)]],
    ['that is beyond all dates', [pilot, scalar('ends', 1e15)]],
  ])('is not taken from an attribute %s', (_, attributes) => {
    expect(endOf(...attributes)).toBeUndefined();
  });
});

describe('unavailabilityOf', () => {
  it('loses no millisecond of a time that no number holds exactly', () => {
    const start = { nanoseconds: 1_800_000_000_123_999_999n };
    expect(unavailabilityOf({ start })).toEqual({ start: 1_800_000_000_123 });
    const duration = { nanoseconds: 1_999_999n };
    expect(unavailabilityOf({ start, duration })).toEqual({ start: 1_800_000_000_123, duration: 1 });
  });
});

describe('offerFrom', () => {
  it('is for everyone where no role is told', () => {
    const offer: mesos.Offer = {
      id: { value: 'offer' },
      framework_id: { value: 'framework' },
      agent_id: { value: 'agent' },
      hostname: 'node1',
    };
    expect(offerFrom(offer)).toEqual({
      id: 'offer',
      role: '*',
      agent: { id: 'agent', hostname: 'node1', attributes: {} },
      resources: { cpus: 0, mem: 0, disk: 0 },
    });
  });
});
