import type { TaskResources, TaskSpec } from '@galaxy-mesos/scheduler';
import type { BehaviourModel } from '../agent/task-behaviour.ts';
import { Random } from '../random.ts';
import type { AgentDescription } from '../simulated-cluster.ts';

/** One kind of task in a mix. */
export interface TaskShape {
  readonly name: string;
  /** How many of the tasks are such, in proportion to the weights of the others. */
  readonly weight: number;
  readonly resources: TaskResources;
  /** Half of them run shorter. */
  readonly medianSeconds: number;
  /** The standard deviation of the logarithm of the run time. */
  readonly spread: number;
}

/** How to make a {@link Trace}. */
export interface TraceOptions {
  readonly seed: number;
  readonly tasks: number;
  readonly agents: number;
  /** They arrive over so long, as a Poisson process. */
  readonly horizonSeconds: number;
  /** Default {@link genomeMix}. */
  readonly mix?: readonly TaskShape[];
  /** Of all attempts, those whose command fails. Default 0.02. */
  readonly failureRate?: number;
  /** Of all attempts, those that run out of memory. Default 0.005. */
  readonly outOfMemoryRate?: number;
  /** How many users there are; the first submits most. Default 20. */
  readonly users?: number;
}

/** A task of a trace. */
export interface TraceTask {
  readonly arrivesAtSeconds: number;
  readonly spec: TaskSpec;
  /** How long an attempt at it runs that does not fail. */
  readonly runSeconds: number;
}

/** What a cluster is to do for a time: the same for the same options. */
export interface Trace {
  readonly options: TraceOptions;
  readonly agents: readonly AgentDescription[];
  /** In the order in which they arrive. */
  readonly tasks: readonly TraceTask[];
}

/**
 * Three shapes like those of work on genomes: many short tasks on one core (a part of a file), some that align or
 * sort with four, and a few that assemble with eight and much memory.
 */
export const genomeMix: readonly TaskShape[] = [
  {
    name: 'part',
    weight: 80,
    resources: { cpus: 1, mem: 2048, disk: 1024 },
    medianSeconds: 300,
    spread: 1,
  },
  {
    name: 'alignment',
    weight: 15,
    resources: { cpus: 4, mem: 8192, disk: 8192 },
    medianSeconds: 1200,
    spread: 0.8,
  },
  {
    name: 'assembly',
    weight: 5,
    resources: { cpus: 8, mem: 32_768, disk: 16_384 },
    medianSeconds: 3600,
    spread: 0.6,
  },
];

/** Racks of 40, in three zones of one region; two kinds of machines. */
const machinesPerRack = 40;
const zones = 3;

const agentOf = (index: number): AgentDescription => ({
  hostname: `node-${index}`,
  region: 'here',
  zone: `zone-${Math.floor(index / machinesPerRack) % zones}`,
  attributes: {
    rack: `rack-${Math.floor(index / machinesPerRack)}`,
    os: index % 10 === 0 ? 'debian' : 'rocky',
  },
  resources:
    index % 4 === 0 ? { cpus: 32, mem: 262_144, disk: 1_000_000 } : { cpus: 16, mem: 65_536, disk: 500_000 },
});

/** Of ten tasks each, the user of the next number submits about half as many as the one before. */
const userOf = (random: Random, users: number): string =>
  `user-${Math.min(users - 1, Math.floor(random.exponential(1.5)))}`;

/** Makes up what arrives when, how large it is, whose it is, and how long it runs. */
export function makeTrace(options: TraceOptions): Trace {
  const { seed, tasks: count, agents, horizonSeconds, mix = genomeMix, users = 20 } = options;
  const random = new Random(seed);
  let at = 0;
  const tasks = Array.from({ length: count }, (_, index): TraceTask => {
    at += random.exponential(horizonSeconds / count);
    const { name, resources, medianSeconds, spread } = random.pick(mix);
    const runSeconds = Math.min(random.logNormal(medianSeconds, spread), horizonSeconds);
    const user = userOf(random, users);
    const environment = {};
    const spec = {
      id: `${index}`,
      name,
      command: 'true',
      environment,
      resources,
      retries: 3,
      user,
      queue: name,
    };
    return { arrivesAtSeconds: at, spec, runSeconds };
  });
  return { options, agents: Array.from({ length: agents }, (_, index) => agentOf(index)), tasks };
}

/**
 * Lets tasks behave as their trace says, whichever attempt of a task comes when. Tasks are found by
 * `GALAXY_MESOS_TASK_ID` in their environment; one that is not of the trace runs for a minute.
 */
export function behaviourOf({ tasks, options }: Trace): BehaviourModel {
  const { seed, failureRate = 0.02, outOfMemoryRate = 0.005 } = options;
  return ({ environment }) => {
    const { GALAXY_MESOS_TASK_ID: id = '', GALAXY_MESOS_ATTEMPT_NUMBER: attempt = '1' } = environment;
    const task = tasks[Number(id)];
    if (!task) return { startSeconds: 0.1, runSeconds: 60, exitCode: 0 };
    // Chance that depends on the attempt alone, not on what else happened before.
    const random = new Random((seed * 31 + Number(id)) * 31 + Number(attempt));
    const startSeconds = random.between(0.1, 2);
    const fate = random.fraction();
    const isFailing = fate < failureRate + outOfMemoryRate;
    const runSeconds = isFailing ? task.runSeconds * random.fraction() : task.runSeconds;
    if (!isFailing) return { startSeconds, runSeconds, exitCode: 0 };
    return { startSeconds, runSeconds, exitCode: 1, runsOutOfMemory: fate < outOfMemoryRate };
  };
}
