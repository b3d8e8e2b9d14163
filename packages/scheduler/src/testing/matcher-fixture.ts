import type { PlacedTask, Placement, Refusal } from '../matching/match-decisions.ts';
import { Matcher, type MatcherOptions } from '../matching/matcher.ts';
import type { PlacementPolicy } from '../matching/placement-policy.ts';
import type { AgentFacts } from '../model/agent.ts';
import type { AgentResources } from '../model/amounts.ts';
import { defaultPolicy, type SchedulingPolicy } from '../model/policy.ts';
import { resourceNames, thousandths } from '../model/resources.ts';
import type { AttemptId, TaskId, TaskSpec } from '../model/task.ts';
import type { Offer, OfferId } from '../ports/driver.ts';
import { aTask } from './core-fixture.ts';

/** An attempt that the matcher was told of. */
export interface RunningTask {
  readonly attemptId: AttemptId;
  readonly spec: TaskSpec;
  readonly agentId: string;
}

/** A matcher whose every answer is checked against what was offered, by rules of its own. */
export class MatcherFixture {
  readonly matcher: Matcher;
  now = 0;
  /** All that was ever asked for. */
  readonly specs = new Map<TaskId, TaskSpec>();
  /** Those that nobody has answered yet. */
  readonly offers = new Map<OfferId, Offer>();
  readonly running = new Map<AttemptId, RunningTask>();
  readonly preempted: AttemptId[] = [];
  #numbers = 0;

  constructor(
    policy: Partial<SchedulingPolicy> = {},
    placements: readonly PlacementPolicy[] = [],
    options: MatcherOptions = {},
  ) {
    this.matcher = new Matcher({ ...defaultPolicy, ...policy }, placements, options);
  }

  /** An agent holds something out. */
  offer(agent: string | AgentFacts, resources: Partial<AgentResources> = {}, role?: string): OfferId {
    const facts =
      typeof agent === 'string' ? { id: agent, hostname: `host-${agent}`, attributes: {} } : agent;
    const id = `offer-${++this.#numbers}`;
    const all = { cpus: 0, mem: 0, disk: 0, ...resources };
    const offer = { id, agent: facts, resources: all, ...(role !== undefined && { role }) };
    this.offers.set(id, offer);
    this.matcher.offers([offer]);
    return id;
  }

  rescind(id: OfferId): void {
    this.offers.delete(id);
    this.matcher.rescind(id);
  }

  loseAgent(agentId: string): void {
    for (const { id, agent } of [...this.offers.values()]) if (agent.id === agentId) this.offers.delete(id);
    this.matcher.agentLost(agentId);
  }

  disconnect(): void {
    this.offers.clear();
    this.matcher.forgetOffers();
  }

  /** A task waits that asks for a core and no more, where nothing else is said. */
  add(id: TaskId, changes: Partial<TaskSpec> = {}): void {
    const spec = aTask(id, { resources: { cpus: 1, mem: 0, disk: 0 }, ...changes });
    this.specs.set(id, spec);
    this.wait(spec);
  }

  wait(spec: TaskSpec): void {
    const sequence = ++this.#numbers;
    this.matcher.add({ spec, resources: spec.resources, sequence, since: this.now });
  }

  end(attemptId: AttemptId): void {
    this.running.delete(attemptId);
    this.matcher.ended(attemptId);
  }

  /** Matches once, checks what came of it, and starts what was placed. */
  matchOnce(): { placements: readonly Placement[]; declined: readonly Refusal[]; more: boolean } {
    const { placements, declined, preempted, more } = this.matcher.match(this.now, this.now);
    this.preempted.push(...preempted);
    for (const placement of placements) this.#start(placement);
    for (const { offerIds } of declined) for (const id of offerIds) this.#answered(id);
    return { placements, declined, more };
  }

  /** Matches until there is nothing more to do. */
  match(): { placements: Placement[]; declined: Refusal[] } {
    const all = { placements: [] as Placement[], declined: [] as Refusal[] };
    for (let calls = 0; calls < 10_000; calls++) {
      const { placements, declined, more } = this.matchOnce();
      all.placements.push(...placements);
      all.declined.push(...declined);
      if (!more) return all;
    }
    throw new Error('The matcher never comes to an end.');
  }

  /** Where each task was put in {@link match}. */
  placed(): Record<TaskId, string> {
    const where = this.match().placements.flatMap(({ agent, tasks }) =>
      tasks.map(({ taskId }) => [taskId, agent.id] as const),
    );
    return Object.fromEntries(where);
  }

  #answered(id: OfferId): Offer {
    const offer = this.offers.get(id);
    if (!offer) throw new Error(`Offer ${id} was answered that is not there.`);
    this.offers.delete(id);
    return offer;
  }

  #start(placement: Placement): void {
    const offers = placement.offerIds.map((id) => this.#answered(id));
    for (const { agent, role } of offers) {
      if (agent.id !== placement.agent.id || role !== placement.role)
        throw new Error('Offers do not belong together.');
    }
    const specs = placement.tasks.map(({ taskId }) => this.#specOf(taskId));
    checkAmounts(offers, specs);
    checkThings(offers, placement.tasks);
    for (const spec of specs) checkStay(placement.agent, spec, this.now);
    for (const spec of specs) {
      if (spec.role !== undefined && spec.role !== (placement.role ?? '*'))
        throw new Error('It is of another role.');
      const attemptId = `${spec.id}-${++this.#numbers}`;
      const agentId = placement.agent.id;
      this.running.set(attemptId, { attemptId, spec, agentId });
      const run = spec.expectedRunSeconds;
      this.matcher.started({
        attemptId,
        spec,
        resources: spec.resources,
        agentId,
        ...(run !== undefined && { expectedEnd: this.now + run * 1000 }),
      });
    }
  }

  #specOf(taskId: TaskId): TaskSpec {
    const spec = this.specs.get(taskId);
    if (!spec) throw new Error(`Task ${taskId} was placed that nobody asked for.`);
    if ([...this.running.values()].some((task) => task.spec === spec))
      throw new Error(`${taskId} runs already.`);
    return spec;
  }
}

/** Throws if an agent will be gone before a task has ended, for all that is known. */
function checkStay({ id, plannedEnd }: AgentFacts, spec: TaskSpec, now: number): void {
  if (plannedEnd === undefined) return;
  const seconds = spec.expectedRunSeconds ?? spec.maximumRunSeconds ?? defaultPolicy.lastStretch;
  if (now + seconds * 1000 > plannedEnd) throw new Error(`${id} ends before ${spec.id} does.`);
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** Throws if tasks were given more of an amount than there is where they may take it from. */
function checkAmounts(offers: readonly Offer[], specs: readonly TaskSpec[]): void {
  const check = (what: string, wanted: readonly number[], offered: readonly number[]): void => {
    const [asked, there] = [sumOf(wanted.map(thousandths)), sumOf(offered.map(thousandths))];
    if (asked > there) throw new Error(`${what}: ${asked} of ${there} thousandths were given away.`);
  };
  const wants = specs.map(({ resources }) => resources);
  const has = offers.map(({ resources }) => resources);
  const own = wants.filter(({ revocable }) => !revocable);
  const reserved = has.flatMap((resources) => resources.reserved ?? []);
  for (const name of resourceNames) {
    check(
      name,
      own.map((task) => task[name]),
      has.map((agent) => agent[name]),
    );
    check(
      `revocable ${name}`,
      wants.filter(({ revocable }) => revocable).map((task) => task[name]),
      has.map((agent) => agent.revocable?.[name] ?? 0),
    );
    check(
      `unreserved ${name}`,
      own.filter(({ reservation }) => reservation === 'unreserved').map((task) => task[name]),
      [...has.map((agent) => agent[name]), ...reserved.map(({ resources }) => -resources[name])],
    );
    check(
      `reserved ${name}`,
      own.filter(({ reservation }) => typeof reservation === 'object').map((task) => task[name]),
      reserved.map(({ resources }) => resources[name]),
    );
  }
  check(
    'gpus',
    wants.map(({ gpus = 0 }) => gpus),
    has.map(({ gpus = 0 }) => gpus),
  );
  const names = new Set(wants.flatMap(({ scalars = {} }) => Object.keys(scalars)));
  for (const name of names) {
    check(
      name,
      wants.map(({ scalars }) => scalars?.[name] ?? 0),
      has.map(({ scalars }) => scalars?.[name] ?? 0),
    );
  }
}

/** Throws if two tasks were given the same thing, or one that was not offered. */
function checkThings(offers: readonly Offer[], tasks: readonly PlacedTask[]): void {
  const has = offers.map(({ resources }) => resources);
  const free = new Set(has.flatMap(thingsIn));
  const volumes = has.flatMap((resources) => resources.volumes ?? []);
  const shared = new Set(
    volumes.flatMap((volume) => (volume.shared ? [`volume ${volume.persistenceId}`] : [])),
  );
  for (const [taskId, thing] of tasks.flatMap((task) => thingsOf(task).map((name) => [task.taskId, name]))) {
    const isThere = thing !== undefined && (shared.has(thing) || free.delete(thing));
    if (!isThere) throw new Error(`${taskId} was given ${thing}, which is not free.`);
  }
}

const thingsIn = ({ ports = [], disks = [], sets = {}, volumes = [] }: AgentResources): string[] => [
  ...ports.flatMap(({ begin, end }) =>
    Array.from({ length: end - begin + 1 }, (_, index) => `port ${begin + index}`),
  ),
  ...disks.map(({ id }) => `disk ${id}`),
  ...Object.entries(sets).flatMap(([name, items]) => items.map((item) => `${name} ${item}`)),
  ...volumes.map(({ persistenceId }) => `volume ${persistenceId}`),
];

function thingsOf({ taskId, resources, assigned }: PlacedTask): string[] {
  const { ports, disks = [], sets = {}, volumes = [] } = resources;
  const given = assigned?.ports ?? [];
  const wanted = (ports?.fixed?.length ?? 0) + (ports?.any ?? 0);
  if (given.length !== wanted) throw new Error(`${taskId} was given ${given.length} ports of ${wanted}.`);
  if ((ports?.fixed ?? []).some((port, index) => given[index] !== port))
    throw new Error('Fixed ports come first.');
  if ((assigned?.disks?.length ?? 0) !== disks.length) throw new Error(`${taskId} lacks a disk.`);
  return [
    ...given.map((port) => `port ${port}`),
    ...(assigned?.disks ?? []).map((id) => `disk ${id}`),
    ...Object.entries(sets).flatMap(([name, items]) => items.map((item) => `${name} ${item}`)),
    ...volumes.map(({ persistenceId }) => `volume ${persistenceId}`),
  ];
}
