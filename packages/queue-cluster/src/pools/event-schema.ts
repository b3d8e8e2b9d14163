import { z } from 'zod';
import { dialectNames } from '../dialects/dialect.ts';
import { leavingReasons, type PoolEvent, pilotEndClasses } from './events.ts';

const at = z.number();
const pilot = z.string().min(1);
const advice = z.string().exactOptional();
const trouble = { text: z.string(), advice };

const health = z.object({
  refusals: z.number(),
  failures: z.number(),
  lastFailureAt: z.number().exactOptional(),
  retryAt: z.number().exactOptional(),
  trouble: z.object(trouble).exactOptional(),
  paused: z.object({ ...trouble, at, wantedAt: z.number() }).exactOptional(),
  fingerprint: z.string().exactOptional(),
});

const problem = z.object({ kind: z.enum(['configuration', 'transient', 'limit']), ...trouble });

const nodeRecord = z.object({
  system: z.string(),
  node: z.string(),
  failures: z.array(z.number()),
  badUntil: z.number().exactOptional(),
  wantedAt: z.number(),
});

const shape = z.object({
  fingerprint: z.string(),
  dialect: z.enum(dialectNames),
  ssh: z.array(z.string()),
  cpus: z.number(),
  memMb: z.number(),
  diskMb: z.number().exactOptional(),
  gpus: z.number(),
  attributes: z.record(z.string(), z.string()),
  walltimeSeconds: z.number(),
  softMarginSeconds: z.number(),
  hardMarginSeconds: z.number(),
});

/** A line of the journal, as it comes from the disk. */
export const poolEventSchema: z.ZodType<PoolEvent> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('intended'), at, pilot, pool: z.string(), system: z.string(), shape }),
  z.object({ kind: z.literal('submitted'), at, pilot, id: z.string() }),
  z.object({ kind: z.literal('refused'), at, pilot, problem }),
  z.object({
    kind: z.literal('started'),
    at,
    pilot,
    startedAt: z.number(),
    node: z.string().exactOptional(),
    host: z.string().exactOptional(),
    endsAt: z.number(),
  }),
  z.object({ kind: z.literal('registered'), at, pilot, agentId: z.string() }),
  z.object({ kind: z.literal('leaving'), at, pilot, why: z.enum(leavingReasons) }),
  z.object({ kind: z.literal('staying'), at, pilot }),
  z.object({
    kind: z.literal('ended'),
    at,
    pilot,
    class: z.enum(pilotEndClasses),
    ...trouble,
    isGone: z.boolean(),
  }),
  z.object({ kind: z.literal('gone'), at, pilot }),
  z.object({ kind: z.literal('forgotten'), at, pilot }),
  z.object({ kind: z.literal('health'), at, pool: z.string(), health }),
  z.object({ kind: z.literal('node'), at, record: nodeRecord }),
]);
