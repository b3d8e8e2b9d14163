import type { BehaviourModel, Random, SimulatedCluster } from '@galaxy-mesos/mesos-testkit';
import { type AttemptId, attemptEnvironment, type TaskId, type TaskSpec } from '@galaxy-mesos/scheduler';

/** What a task will do, and what must become of it. */
export interface Plan {
  readonly spec: TaskSpec;
  readonly runSeconds: number;
  /** So many of its first runs end badly; `Infinity`: all. */
  readonly failures: number;
  readonly exitCode: number;
  /** Its failures are for want of memory. */
  readonly runsOutOfMemory: boolean;
  /** Seconds after which nobody wants it any more. */
  readonly cancelAfter?: number;
  readonly outcome: 'finished' | 'failed' | 'cancelled';
}

/** A plan of a task that finishes at its first run, but for what is said to be different. */
export function aPlan(
  id: TaskId,
  { spec, ...changes }: Partial<Omit<Plan, 'spec'>> & { readonly spec?: Partial<TaskSpec> } = {},
): Plan {
  const failures = changes.failures ?? 0;
  const retries = Number.isFinite(failures) ? failures : 1;
  return {
    runSeconds: 20,
    failures,
    exitCode: 1,
    runsOutOfMemory: false,
    outcome: 'finished',
    ...changes,
    spec: {
      id,
      name: id,
      command: 'true',
      environment: {},
      resources: { cpus: 1, mem: 128, disk: 10 },
      retries,
      ...spec,
    },
  };
}

const taskIdName =
  Object.keys(attemptEnvironment({ id: '', taskId: '', number: 1 }, { cpus: 0, mem: 0 }))[0] ?? '';

/** What tasks really did on the agents, whatever anybody was told of it. */
export class Runs {
  readonly #plans: ReadonlyMap<TaskId, Plan>;
  readonly #begun = new Map<TaskId, AttemptId[]>();
  readonly #finished = new Set<AttemptId>();

  constructor(plans: readonly Plan[]) {
    this.#plans = new Map(plans.map((plan) => [plan.spec.id, plan]));
  }

  /** The attempts at a task that reached an agent. */
  begun(taskId: TaskId): readonly AttemptId[] {
    return this.#begun.get(taskId) ?? [];
  }

  /** Those of them that came to their end by themselves, and well. */
  finished(taskId: TaskId): readonly AttemptId[] {
    return this.begun(taskId).filter((id) => this.#finished.has(id));
  }

  /** Lets tasks do what was planned, and notes that they began. */
  readonly behaviour: BehaviourModel = ({ taskId: attemptId, environment }, random) => {
    const taskId = environment[taskIdName] ?? '';
    const plan = this.#plans.get(taskId);
    const begun = this.#begun.get(taskId) ?? [];
    this.#begun.set(taskId, [...begun, attemptId]);
    const isFailing = begun.length < (plan?.failures ?? 0);
    const startSeconds = random.between(0.1, 1);
    // Nobody wants it, so it must be ended.
    if (!plan) return { startSeconds, runSeconds: Number.POSITIVE_INFINITY, exitCode: 0 };
    const { runSeconds, exitCode, runsOutOfMemory } = plan;
    if (!isFailing) return { startSeconds, runSeconds, exitCode: 0 };
    return { startSeconds, runSeconds: runSeconds / 2, exitCode, runsOutOfMemory };
  };

  /** Notes which attempts finish, from now on. */
  watch({ network }: SimulatedCluster): void {
    network.faults.add({
      name: 'none: listens only',
      fates: ({ hop, type, taskId = '', state }) => {
        if (hop === 'agent-to-master' && type === 'UPDATE' && state === 'TASK_FINISHED')
          this.#finished.add(taskId);
        return undefined;
      },
    });
  }
}

/** The same, tried again so many times more: for faults that a task is taken to answer for. */
export const withRetries = (plans: readonly Plan[], more: number): readonly Plan[] =>
  plans.map((plan) => ({ ...plan, spec: { ...plan.spec, retries: plan.spec.retries + more } }));

/** 40 tasks of all kinds, for a cluster of three agents with eight cores. */
export function mixedPlans(random: Random): readonly Plan[] {
  const runSeconds = () => random.between(2, 30);
  const many = (count: number, name: string, changes: () => Parameters<typeof aPlan>[1]) =>
    Array.from({ length: count }, (_, index) =>
      aPlan(`${name}-${index}`, { runSeconds: runSeconds(), ...changes() }),
    );
  const never = { failures: Number.POSITIVE_INFINITY, outcome: 'failed' } as const;
  return [
    ...many(14, 'plain', () => ({})),
    ...many(4, 'large', () => ({ spec: { resources: { cpus: 5, mem: 1000, disk: 100 }, priority: 1 } })),
    ...many(4, 'fails-twice', () => ({ failures: 2 })),
    ...many(2, 'fails', () => never),
    ...many(1, 'fails-for-good', () => ({ ...never, exitCode: 3, spec: { retryRules: { exitCodes: [1] } } })),
    ...many(2, 'hungry', () => ({
      failures: 1,
      runsOutOfMemory: true,
      spec: { retries: 0, retryRules: { outOfMemory: { factor: 2, maximum: 1024 } } },
    })),
    ...many(1, 'overruns', () => ({
      ...never,
      runSeconds: 60,
      spec: { maximumRunSeconds: 10 },
    })),
    ...many(2, 'in-rack-a-or-b', () => ({
      spec: { constraints: [{ type: 'in', field: 'rack', values: ['a', 'b'] }] },
    })),
    ...many(3, 'apart', () => ({
      spec: { tags: ['apart'], constraints: [{ type: 'unique', field: '@hostname', among: 'apart' }] },
    })),
    ...many(3, 'gang', () => ({
      runSeconds: 15,
      spec: { resources: { cpus: 2, mem: 64, disk: 0 }, gang: { id: 'gang', size: 3 } },
    })),
    ...many(2, 'group', () => ({ runSeconds: 10, spec: { group: { id: 'group', size: 2 } } })),
    ...many(2, 'unwanted', () => ({
      runSeconds: Number.POSITIVE_INFINITY,
      cancelAfter: random.between(5, 60),
      outcome: 'cancelled',
    })),
  ];
}
