import { createCodec, MesosError, type SchedulerCall } from '@galaxy-mesos/mesos-client';
import type { OfferWish } from '@galaxy-mesos/scheduler';
import { describe, expect, it } from 'vitest';
import { offerConstraints, offerFilters } from './wish-calls.ts';
import { Wishes } from './wishes.ts';

const framework = { name: 'test', user: 'nobody', roles: ['blue', 'green'] };
const amounts = { cpus: 2, mem: 64, disk: 0 };
const rule = { field: 'rack', predicate: 'equals', operand: 'a' } as const;
const wish: OfferWish = { smallest: [amounts], agents: [[rule]] };
const everything: OfferWish = { smallest: [], agents: [] };

const refusal = (status: number) => new MesosError('CALL_REFUSED', `answered ${status}`, { status });

/** Wishes told to a master that refuses as many calls as there are answers. */
const telling = (answers: Error[] = [], version = '1.11.0') => {
  const sent: SchedulerCall[] = [];
  const warnings: string[] = [];
  const wishes = new Wishes({
    framework,
    send: async (call) => {
      sent.push(call);
      const error = answers.shift();
      if (error) throw error;
    },
    version: () => version,
    warn: (message) => warnings.push(message),
  });
  return { wishes, sent, warnings };
};

const updateOf = (call: SchedulerCall | undefined) => {
  if (call?.type !== 'UPDATE_FRAMEWORK') throw new Error(`Not an UPDATE_FRAMEWORK: ${call?.type}`);
  return call.update_framework;
};

describe('offerConstraints', () => {
  const constraintsOf = (agents: OfferWish['agents']) =>
    offerConstraints(['blue'], { smallest: [], agents }).role_constraints?.blue?.groups;

  it('has a group for each list of rules, any of which is enough', () => {
    const exists = { field: '@zone', predicate: 'not-exists', operand: '' } as const;
    expect(constraintsOf([[rule, exists], [rule]])).toEqual([
      {
        attribute_constraints: [
          { selector: { attribute_name: 'rack' }, predicate: { text_equals: { value: 'a' } } },
          { selector: { pseudoattribute_type: 'ZONE' }, predicate: { not_exists: {} } },
        ],
      },
      {
        attribute_constraints: [
          { selector: { attribute_name: 'rack' }, predicate: { text_equals: { value: 'a' } } },
        ],
      },
    ]);
  });

  it.each([
    ['exists', { exists: {} }],
    ['not-equals', { text_not_equals: { value: 'x' } }],
    ['matches', { text_matches: { regex: 'x' } }],
    ['not-matches', { text_not_matches: { regex: 'x' } }],
  ] as const)('says %s in the words of Mesos', (predicate, expected) => {
    const groups = constraintsOf([[{ field: '@hostname', predicate, operand: 'x' }]]);
    expect(groups?.[0]?.attribute_constraints).toEqual([
      { selector: { pseudoattribute_type: 'HOSTNAME' }, predicate: expected },
    ]);
  });

  it('are none where any agent will do for something', () => {
    expect(constraintsOf([])).toBeUndefined();
    expect(constraintsOf([[rule], []])).toBeUndefined();
  });
});

describe('offerFilters', () => {
  it('are the same for each role, and name only what is wanted', () => {
    const min_allocatable_resources = {
      quantities: [{ quantities: { cpus: { value: 2 }, mem: { value: 64 } } }],
    };
    expect(offerFilters(['blue', 'green'], wish)).toEqual({
      blue: { min_allocatable_resources },
      green: { min_allocatable_resources },
    });
  });

  it('are none where any amount will do for something', () => {
    const nothing = { cpus: 0, mem: 0, disk: 0 };
    expect(offerFilters(['blue'], { smallest: [amounts, nothing], agents: [] })).toEqual({});
    expect(offerFilters(['blue'], everything)).toEqual({});
  });
});

describe('Wishes', () => {
  it('are told once, in a call that the codec takes', async () => {
    const { wishes, sent } = telling();
    await wishes.tell(everything);
    await wishes.tell(wish);
    await wishes.tell({ ...wish });
    expect(sent).toHaveLength(1);
    const codec = createCodec('protobuf', 'mesos.v1.scheduler.Call');
    const { update_framework } = codec.decode(codec.encode(sent[0] ?? {}));
    expect(update_framework?.framework_info.offer_filters).toHaveProperty('green');
    expect(update_framework?.offer_constraints?.role_constraints).toHaveProperty('blue');
    await wishes.tell(everything);
    expect(updateOf(sent[1]).framework_info.offer_filters).toEqual({});
  });

  it('do without rules that the master refuses, and warn once', async () => {
    const { wishes, sent, warnings } = telling([refusal(400), refusal(400), refusal(400)]);
    await wishes.tell(wish);
    expect(sent.map((call) => updateOf(call).offer_constraints)).toEqual([
      offerConstraints(framework.roles, wish),
      {},
      {},
    ]);
    expect(updateOf(sent[1]).framework_info.offer_filters).toHaveProperty('blue');
    expect(updateOf(sent[2]).framework_info.offer_filters).toEqual({});
    expect(warnings).toEqual([expect.stringContaining('answered 400')]);
  });

  it('are for agents with graphics processors only while something asks for such, whatever else is refused', async () => {
    const { wishes, sent } = telling([refusal(400), refusal(400)]);
    await wishes.tell({ ...wish, gpus: true });
    await wishes.tell(everything);
    const capabilities = sent.map((call) => updateOf(call).framework_info.capabilities);
    const gpu = [{ type: 'GPU_RESOURCES' }];
    expect(capabilities).toEqual([gpu, gpu, gpu, undefined]);
  });

  it('are told again where nobody knows whether they have arrived', async () => {
    const { wishes, sent } = telling([refusal(503)]);
    await expect(wishes.tell(wish)).rejects.toThrow('503');
    await wishes.tell(wish);
    expect(sent).toHaveLength(2);
  });

  it('are called off where nobody knows whether they have arrived', async () => {
    const { wishes, sent } = telling([refusal(503)]);
    await expect(wishes.tell(wish)).rejects.toThrow('503');
    await wishes.tell(everything);
    expect(sent.map((call) => updateOf(call).offer_constraints)).toEqual([
      offerConstraints(framework.roles, wish),
      {},
    ]);
  });

  it('are told one after the other, the last one last', async () => {
    const { wishes, sent } = telling([refusal(400)]);
    const other = { smallest: [amounts], agents: [] };
    await Promise.all([wishes.tell(wish), wishes.tell(everything), wishes.tell(other)]);
    const told = sent.map((call) => Object.keys(updateOf(call).framework_info.offer_filters ?? {}).length);
    expect(told).toEqual([2, 2, 0, 2]);
  });

  it.each(['1.10.0', '1.9.1', '0.28.2', ''])('are kept from a master of version "%s"', async (version) => {
    const { wishes, sent, warnings } = telling([], version);
    await wishes.tell(wish);
    await wishes.tell(everything);
    expect(sent).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  it.each(['1.11.0', '1.12.0-rc1', '2.0.0'])('are told to a master of version %s', async (version) => {
    const { wishes, sent } = telling([], version);
    await wishes.tell(wish);
    expect(sent).toHaveLength(1);
  });
});
