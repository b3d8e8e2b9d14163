import type { Unavailability } from '@galaxy-mesos/scheduler';
import type { SimulatedAgent } from '../agent/simulated-agent.ts';

/** What masters write down so that the next one knows it. */
export class Registry {
  readonly admitted = new Map<string, SimulatedAgent>();
  /** With the date, in milliseconds since 1970. */
  readonly unreachable = new Map<string, number>();
  readonly gone = new Set<string>();
  /** The maintenance schedule, by agent. */
  readonly unavailability = new Map<string, Unavailability>();
}
