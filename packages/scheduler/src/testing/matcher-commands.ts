import fc from 'fast-check';
import type { AgentFacts } from '../model/agent.ts';
import type { AgentResources, TaskResources } from '../model/amounts.ts';
import { defaultPolicy } from '../model/policy.ts';
import type { TaskSpec } from '../model/task.ts';
import type { MatcherFixture } from './matcher-fixture.ts';

/** Something that happens to a matcher. */
export type MatcherCommand = (cluster: MatcherFixture) => void;

const oneIn = <Value>(chances: number, value: fc.Arbitrary<Value>) =>
  fc.option(value, { nil: undefined, freq: chances - 1 });

/** Drops what is undefined, as the types of the model want it. */
const present = <Shape extends object>(
  value: Shape,
): { [Key in keyof Shape]: Exclude<Shape[Key], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as never;

const amount = fc.integer({ min: 0, max: 40 }).map((tenths) => tenths / 10);
const plain = fc.record({ cpus: amount, mem: amount, disk: amount });
const items = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 });
const zoneLabels = fc.constantFrom({}, { project: 'p' }, { project: 'q' });

/** What an agent may hold out: everything that there is. */
export const anyOffered: fc.Arbitrary<AgentResources> = fc
  .record({
    ...{ cpus: amount, mem: amount, disk: amount },
    gpus: oneIn(3, fc.integer({ min: 1, max: 2 })),
    scalars: oneIn(3, fc.record({ licences: amount })),
    ports: oneIn(
      3,
      fc.constantFrom(
        [{ begin: 1, end: 3 }],
        [
          { begin: 2, end: 2 },
          { begin: 5, end: 9 },
        ],
      ),
    ),
    sets: oneIn(3, fc.record({ names: items })),
    revocable: oneIn(3, plain),
    disks: oneIn(
      3,
      fc.constantFrom(
        [{ id: 'd1', size: 5 }],
        [
          { id: 'd2', size: 9 },
          { id: 'd3', size: 2 },
        ],
      ),
    ),
    volumes: oneIn(
      4,
      fc
        .record({ persistenceId: fc.constantFrom('v', 'w'), size: amount, shared: fc.boolean() })
        .map((volume) => [volume]),
    ),
    part: oneIn(3, fc.record({ share: fc.integer({ min: 0, max: 10 }), labels: zoneLabels })),
  })
  .map(({ part, ...resources }) => {
    if (!part) return present(resources);
    const of = (whole: number) => Math.floor((whole * 1000 * part.share) / 10) / 1000;
    const reserved = { cpus: of(resources.cpus), mem: of(resources.mem), disk: of(resources.disk) };
    return {
      ...present(resources),
      reserved: [{ type: 'DYNAMIC', role: 'r', labels: part.labels, resources: reserved }],
    };
  });

/** What a task may ask for: everything that there is. */
export const anyDemand: fc.Arbitrary<TaskResources> = fc
  .record({
    ...{ cpus: amount, mem: amount, disk: amount },
    gpus: oneIn(6, fc.constant(1)),
    scalars: oneIn(6, fc.record({ licences: amount })),
    ports: oneIn(5, fc.constantFrom({ any: 1 }, { fixed: [2] }, { any: 2, fixed: [3] })),
    sets: oneIn(6, fc.record({ names: items })),
    disks: oneIn(
      6,
      fc.constantFrom(
        [{ size: 1, containerPath: 'd' }],
        [
          { size: 2, containerPath: 'd' },
          { size: 6, containerPath: 'e' },
        ],
      ),
    ),
    volumes: oneIn(
      8,
      fc.constantFrom('v', 'w').map((persistenceId) => [{ persistenceId, containerPath: 'v' }]),
    ),
    reservation: oneIn(
      5,
      fc.constantFrom('unreserved' as const, { labels: { project: 'p' } }, { labels: {} }),
    ),
    revocable: oneIn(8, fc.constant(true)),
  })
  .map(present);

const anyTask: fc.Arbitrary<Partial<TaskSpec>> = fc
  .record({
    resources: anyDemand,
    role: oneIn(4, fc.constantFrom('red', 'blue')),
    placement: oneIn(3, fc.constantFrom('spread', 'best-fit', 'first-fit', 'locality')),
    user: oneIn(2, fc.constantFrom('ann', 'bob')),
    priority: oneIn(4, fc.integer({ min: 0, max: 3 })),
    tags: oneIn(2, fc.constant(['app'])),
    constraints: oneIn(
      4,
      fc.constantFrom(
        [{ type: 'max-per' as const, field: '@agent', among: 'app', maximum: 2 }],
        [{ type: 'group-by' as const, field: 'rack', among: 'app' }],
        [{ type: 'near' as const, field: 'rack', to: 'app' }],
        [{ type: 'exclusive' as const }],
        [{ type: 'equals' as const, field: 'rack', value: 'r1' }],
      ),
    ),
    preferences: oneIn(
      4,
      fc.constant([{ constraint: { type: 'away-from' as const, field: '@agent', from: 'app' } }]),
    ),
    expectedRunSeconds: oneIn(3, fc.integer({ min: 1, max: 200 })),
    group: oneIn(10, fc.constantFrom({ id: 'g1', size: 2 }, { id: 'g2', size: 3 })),
    gang: oneIn(10, fc.constantFrom({ id: 'm1', size: 2 }, { id: 'm2', size: 3 })),
  })
  .map(present);

/** What an administrator may change while all goes on. */
const anyPolicy = fc.record(
  {
    users: fc.constantFrom(
      { ann: { weight: 3 } },
      { ann: { quota: { tasks: 2 } }, bob: { quota: { cpus: 3 } } },
      {},
    ),
    ageing: fc.constantFrom(1, Number.POSITIVE_INFINITY),
    headOfLine: fc.record({ patience: fc.constantFrom(0, 10) }),
    hoarding: fc.constant({ maximumSeconds: 5, maximumShare: 1 }),
    preemption: fc.constant({ patience: 1, grace: 1, maximumPerMinute: 5, minimumPriorityGap: 1 }),
  },
  { requiredKeys: [] },
);

const agentNumber = fc.integer({ min: 0, max: 5 });

/** Every other agent is to be gone after a while. */
const agentOf = (number: number): AgentFacts => ({
  id: `agent-${number}`,
  hostname: `host-${number}`,
  attributes: { rack: `r${number % 2}` },
  ...(number % 2 === 0 && { plannedEnd: (number + 1) * 100_000 }),
});

/** Runs a command on one of what there is, if there is any. */
const onOneOf = <Item>(items: readonly Item[], number: number, act: (item: Item) => void): void => {
  const item = items[number % Math.max(items.length, 1)];
  if (item !== undefined) act(item);
};

/** All that may happen, in about the proportions of a busy cluster. */
export const anyCommand: fc.Arbitrary<MatcherCommand> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(agentNumber, anyOffered, oneIn(3, fc.constantFrom('red', 'blue'))).map(
      ([number, resources, role]): MatcherCommand =>
        (cluster) =>
          cluster.offer(agentOf(number), resources, role),
    ),
  },
  {
    weight: 8,
    arbitrary: anyTask.map(
      (task): MatcherCommand =>
        (cluster) =>
          cluster.add(`task-${cluster.specs.size}`, task),
    ),
  },
  { weight: 4, arbitrary: fc.constant((cluster: MatcherFixture) => void cluster.matchOnce()) },
  {
    weight: 5,
    arbitrary: fc.nat(99).map(
      (number): MatcherCommand =>
        (cluster) =>
          onOneOf([...cluster.running.keys()], number, (id) => cluster.end(id)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat(99).map(
      (number): MatcherCommand =>
        (cluster) =>
          onOneOf([...cluster.offers.keys()], number, (id) => cluster.rescind(id)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat(99).map(
      (number): MatcherCommand =>
        (cluster) =>
          onOneOf([...cluster.specs.keys()], number, (id) => cluster.matcher.remove(id)),
    ),
  },
  {
    weight: 1,
    arbitrary: agentNumber.map(
      (number): MatcherCommand =>
        (cluster) =>
          cluster.loseAgent(`agent-${number}`),
    ),
  },
  { weight: 1, arbitrary: fc.constant((cluster: MatcherFixture) => cluster.disconnect()) },
  {
    weight: 1,
    arbitrary: anyPolicy.map(
      (policy): MatcherCommand =>
        (cluster) =>
          cluster.matcher.reconfigure({ ...defaultPolicy, ...policy }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.integer({ min: 1, max: 30_000 }).map(
      (milliseconds): MatcherCommand =>
        (cluster) => {
          cluster.now += milliseconds;
        },
    ),
  },
);
