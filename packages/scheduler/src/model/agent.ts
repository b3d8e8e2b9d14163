import type { AgentResources } from './amounts.ts';

/** Names an agent for as long as it keeps its work directory. */
export type AgentId = string;

/** When an agent will not be there, as planned by the operator (`Unavailability` in mesos.proto). */
export interface Unavailability {
  /** Milliseconds since 1970. */
  readonly start: number;
  /** Milliseconds; absent: for ever. */
  readonly duration?: number;
}

/** What is known of an agent besides what it holds out at the moment. */
export interface AgentFacts {
  readonly id: AgentId;
  readonly hostname: string;
  /** Numbers of scalar attributes as Mesos writes them, ranges as `[1-5,8-9]`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Of the fault domain. */
  readonly region?: string;
  /** Of the fault domain; zones of two regions may have the same name. */
  readonly zone?: string;
  readonly unavailability?: Unavailability;
  /** When it will be gone for ever, as a pilot at the end of its walltime, in milliseconds since 1970. */
  readonly plannedEnd?: number;
}

/** An agent of the cluster, with all that it has, in use or not. */
export interface KnownAgent extends AgentFacts {
  readonly total: AgentResources;
}
