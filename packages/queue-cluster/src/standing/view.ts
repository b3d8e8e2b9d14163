import { z } from 'zod';
import { leavingReasons, pilotEndClasses } from '../pools/events.ts';
import { type PilotPhase, type PoolsView, unmetReasons } from '../pools/view.ts';
import { demandConstraintSchema } from './demand.ts';
import { readJson, writeJson } from './json-file.ts';
import { clusterFile } from './paths.ts';

const text = z.string();
const time = z.number();
const count = z.int().min(0);

const trouble = { text, advice: text.exactOptional() };

const phases = [
  'intended',
  'queued',
  'started',
  'registered',
  'leaving',
  'ended',
] as const satisfies PilotPhase[];

const pilotViewSchema = z.object({
  name: text,
  pool: text,
  phase: z.enum(phases),
  id: text.exactOptional(),
  node: text.exactOptional(),
  agentId: text.exactOptional(),
  since: time,
  endsAt: time.exactOptional(),
  tasks: count.exactOptional(),
  waits: z.object(trouble).exactOptional(),
  isStuck: z.boolean().exactOptional(),
  leaving: z.enum(leavingReasons).exactOptional(),
  ended: z.object({ ...trouble, class: z.enum(pilotEndClasses) }).exactOptional(),
});

const poolViewSchema = z.object({
  name: text,
  min: count,
  max: count,
  desired: count,
  phases: z.record(z.enum(phases), count),
  paused: z.object(trouble).exactOptional(),
  backOff: z.object({ ...trouble, until: time }).exactOptional(),
  waits: z.array(z.object({ ...trouble, count, isStuck: z.boolean() })),
});

const unmetSchema = z.object({
  from: text,
  cpus: z.number(),
  memMb: z.number(),
  diskMb: z.number(),
  gpus: z.number(),
  count,
  why: z.enum(unmetReasons),
  longestSeconds: z.number().exactOptional(),
  livesSeconds: z.number().exactOptional(),
  constraints: z.array(demandConstraintSchema).exactOptional(),
  uncarried: z.array(text).exactOptional(),
  pools: z.array(text).exactOptional(),
});

const nodeSchema = z.object({
  system: text,
  node: text,
  failures: z.array(time),
  badUntil: time.exactOptional(),
  wantedAt: time,
  isLeftOut: z.boolean(),
});

const clusterViewSchema: z.ZodType<ClusterView> = z.object({
  name: text,
  at: time,
  launcher: z.object({ host: text, pid: z.int().positive() }),
  master: z.object({
    kind: z.enum(['existing', 'here', 'in-job']),
    state: z.enum(['starting', 'up', 'away']),
    address: text.exactOptional(),
    trouble: text.exactOptional(),
    isStuck: z.boolean().exactOptional(),
    isQueued: z.boolean().exactOptional(),
  }),
  problems: z.array(text),
  state: z.enum(['up', 'draining', 'down']),
  wantedAt: time,
  pools: z.array(poolViewSchema),
  pilots: z.array(pilotViewSchema),
  unmet: z.array(unmetSchema),
  badNodes: z.array(nodeSchema),
  systems: z.array(
    z.object({
      key: text,
      trouble: text.exactOptional(),
      knownAt: time.exactOptional(),
      strangers: z.array(text),
    }),
  ),
});

/** How the master of a cluster stands. */
export interface MasterView {
  readonly kind: 'existing' | 'here' | 'in-job';
  /** `starting`: it has not answered yet; `away`: it did, and does not now. */
  readonly state: 'starting' | 'up' | 'away';
  /** As MESOS_URL says it. */
  readonly address?: string;
  readonly trouble?: string;
  /** Whether none comes, or comes back, before somebody does something. */
  readonly isStuck?: boolean;
  /** Whether a batch job for it is, or may be, in the queue. */
  readonly isQueued?: boolean;
}

/** How a cluster stands, as its launcher last saw it. */
export interface ClusterView extends PoolsView {
  readonly name: string;
  /** When this was written, in milliseconds since 1970. */
  readonly at: number;
  readonly launcher: { readonly host: string; readonly pid: number };
  readonly master: MasterView;
  /** What else is wrong, such as a file that cannot be understood. */
  readonly problems: readonly string[];
}

/**
 * How the cluster in this directory stands; undefined while no launcher has written it.
 * @throws QueueClusterError DAMAGED
 */
export function readView(directory: string): Promise<ClusterView | undefined> {
  return readJson(clusterFile(directory, 'view'), clusterViewSchema);
}

/** Tells how the cluster stands. */
export function writeView(directory: string, view: ClusterView): Promise<void> {
  return writeJson(clusterFile(directory, 'view'), view);
}
