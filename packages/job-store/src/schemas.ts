import {
  type Attempt,
  attemptStates,
  type Constraint,
  type RetryRules,
  type TaskContainer,
  type TaskResources,
  type TaskSpec,
} from '@galaxy-mesos/scheduler';
import { z } from 'zod';

/** A schema that names every member there may be: one that it forgot would be refused when it is written. */
type Whole<T> = z.ZodType<T> & { readonly shape: Record<keyof T, z.ZodType> };

const text = z.string();
const texts = z.array(text).readonly();
const dictionary = z.record(text, text);
const not = { not: z.boolean().exactOptional() };

const agentConstraints = [
  z.strictObject({ type: z.literal('equals'), field: text, value: text, ...not }),
  z.strictObject({ type: z.literal('in'), field: text, values: texts, ...not }),
  z.strictObject({ type: z.literal('matches'), field: text, pattern: text, ...not }),
  z.strictObject({ type: z.literal('gpu-model'), models: texts }),
  z.strictObject({ type: z.literal('unique'), field: text, among: text }),
  z.strictObject({ type: z.literal('max-per'), field: text, among: text, maximum: z.number() }),
  z.strictObject({
    type: z.literal('group-by'),
    field: text,
    among: text,
    maximumSkew: z.number().exactOptional(),
    groups: z.number().exactOptional(),
  }),
  z.strictObject({ type: z.literal('near'), field: text, to: text }),
  z.strictObject({ type: z.literal('away-from'), field: text, from: text }),
] as const;

const preferredSchema = z.discriminatedUnion('type', agentConstraints);
const constraintSchema = z.discriminatedUnion('type', [
  ...agentConstraints,
  z.strictObject({ type: z.literal('exclusive') }),
]) satisfies z.ZodType<Constraint>;

const portsSchema = z.strictObject({
  any: z.number().exactOptional(),
  fixed: z.array(z.number()).readonly().exactOptional(),
});
const volumeSchema = z.strictObject({
  persistenceId: text,
  containerPath: text,
  readOnly: z.boolean().exactOptional(),
});
const resourcesSchema = z.strictObject({
  cpus: z.number(),
  mem: z.number(),
  disk: z.number(),
  gpus: z.number().exactOptional(),
  scalars: z.record(text, z.number()).exactOptional(),
  ports: portsSchema.exactOptional(),
  sets: z.record(text, texts).exactOptional(),
  volumes: z.array(volumeSchema).readonly().exactOptional(),
  disks: z
    .array(z.strictObject({ size: z.number(), containerPath: text }))
    .readonly()
    .exactOptional(),
  reservation: z.union([z.literal('unreserved'), z.strictObject({ labels: dictionary })]).exactOptional(),
  revocable: z.boolean().exactOptional(),
}) satisfies Whole<TaskResources>;
const retryRulesSchema = z.strictObject({
  exitCodes: z.array(z.number()).readonly().exactOptional(),
  outOfMemory: z.strictObject({ factor: z.number(), maximum: z.number() }).exactOptional(),
}) satisfies Whole<RetryRules>;
const unionSchema = z.strictObject({ id: text, size: z.number() });
const containerSchema = z.strictObject({
  image: text,
  type: z.enum(['mesos', 'docker']),
  volumes: z
    .array(z.strictObject({ path: text, readOnly: z.boolean().exactOptional() }))
    .readonly()
    .exactOptional(),
}) satisfies Whole<TaskContainer>;
const preferenceSchema = z.strictObject({
  constraint: preferredSchema,
  weight: z.number().exactOptional(),
});

/** A task as it is written; strict, so that what this version does not know is refused rather than lost. */
export const specSchema = z.strictObject({
  id: text,
  name: text,
  command: text,
  environment: dictionary,
  resources: resourcesSchema,
  retries: z.number(),
  maximumRunSeconds: z.number().exactOptional(),
  retryRules: retryRulesSchema.exactOptional(),
  expectedRunSeconds: z.number().exactOptional(),
  role: text.exactOptional(),
  user: text.exactOptional(),
  queue: text.exactOptional(),
  priority: z.number().exactOptional(),
  tags: texts.exactOptional(),
  constraints: z.array(constraintSchema).readonly().exactOptional(),
  preferences: z.array(preferenceSchema).readonly().exactOptional(),
  placement: text.exactOptional(),
  gang: unionSchema.exactOptional(),
  group: unionSchema.exactOptional(),
  container: containerSchema.exactOptional(),
  runAs: text.exactOptional(),
}) satisfies Whole<TaskSpec>;

/** An attempt as it is written. */
export const attemptSchema = z.strictObject({
  id: text,
  taskId: text,
  number: z.number(),
  state: z.enum(attemptStates),
  agentId: text,
  hostname: text,
  launchedAt: z.number(),
  startedAt: z.number().exactOptional(),
  endedAt: z.number().exactOptional(),
  sandbox: text.exactOptional(),
  exitCode: z.number().exactOptional(),
  message: text.exactOptional(),
  reason: text.exactOptional(),
}) satisfies Whole<Attempt>;

/** What a job ended with, and whatever else whoever runs it must know of it later. Times are milliseconds since 1970. */
export const jobOutcomeSchema = z.looseObject({
  /** When the first of its tasks began to run. */
  startedAt: z.number().exactOptional(),
  endedAt: z.number().exactOptional(),
  exitCode: z.number().int().exactOptional(),
  message: text.exactOptional(),
  /** The parts that are left out of its results. */
  failedParts: z
    .object({
      total: z.number().int(),
      parts: z
        .array(z.object({ index: z.number().int(), label: text.exactOptional(), message: text }))
        .readonly(),
    })
    .exactOptional(),
});

/** See {@link jobOutcomeSchema}. */
export type JobOutcome = z.infer<typeof jobOutcomeSchema>;
