import type { FileRange, Part, PlannedPart, StepJoin } from '@galaxy-mesos/parallelism';
import { z } from 'zod';

const countSchema = z.number().int().nonnegative();
const rangeSchema = z.strictObject({ path: z.string(), offset: countSchema, length: countSchema });

const piecesSchema = z.array(
  z.discriminatedUnion('kind', [
    rangeSchema.extend({ kind: z.literal('range') }),
    z.strictObject({ kind: z.literal('command'), command: z.string() }),
    z.strictObject({ kind: z.literal('file'), path: z.string() }),
  ]),
);

const valuesSchema = z.record(z.string(), z.string());

const partGroupSchema = z.strictObject({
  index: countSchema,
  label: z.string().exactOptional(),
  values: valuesSchema.exactOptional(),
});

const known = {
  label: z.string().exactOptional(),
  values: valuesSchema.exactOptional(),
  groups: z.array(partGroupSchema).exactOptional(),
};

/** What of a part is to be remembered: what joins may want to know. */
export interface PartRecord extends Pick<Part, 'label' | 'values' | 'groups'> {}

/** See {@link PartRecord}. */
export const partRecordSchema: z.ZodType<PartRecord> = z.strictObject(known);

/** By the names of the outputs; see `PlannedSplit` of the package parallelism. */
export const joinsSchema: z.ZodType<Readonly<Record<string, readonly StepJoin[]>>> = z.record(
  z.string(),
  z.array(
    z.strictObject({
      depth: countSchema,
      merge: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('command'), command: z.string() }),
        z.strictObject({
          kind: z.literal('here'),
          merge: z.string(),
          parameters: z.record(z.string(), z.unknown()).exactOptional(),
          makes: z.literal('directory').exactOptional(),
        }),
        z.strictObject({ kind: z.literal('reduce'), command: z.string(), arity: z.number().int().min(2) }),
      ]),
    }),
  ),
);

/** A part of a job as it is handed over: what would be too long for a command is in the sidecar. */
export interface HandedPart extends PlannedPart {
  /** Where the command is, if it is long. */
  readonly commandAt?: FileRange;
}

/** See {@link HandedPart}. */
export const handedPartSchema: z.ZodType<HandedPart> = z.strictObject({
  ...known,
  index: countSchema,
  slices: z.array(
    z.strictObject({
      input: z.string(),
      pieces: piecesSchema,
      beside: z.array(z.strictObject({ suffix: z.string(), pieces: piecesSchema })).exactOptional(),
    }),
  ),
  records: z.number(),
  cost: z.number(),
  command: z.string().exactOptional(),
  commandAt: rangeSchema.exactOptional(),
});
