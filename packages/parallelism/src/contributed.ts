import { existsSync } from 'node:fs';
import path from 'node:path';
import { FormatError } from '@galaxy-mesos/formats';
import { z } from 'zod';
import type { Merge } from './merges/merge.ts';
import { PlanError } from './plan-error.ts';
import type { Part, PlanInput, Strategy } from './strategy.ts';

const offset = z.int().nonnegative();
const absolute = z.string().refine(path.isAbsolute, 'expected an absolute path');
const piece = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('range'), path: absolute, offset, length: offset }),
  z.object({ kind: z.literal('command'), command: z.string() }),
  z.object({ kind: z.literal('file'), path: absolute }),
]);
const pieces = z.array(piece);
const partSchema = z.object({
  index: offset,
  slices: z.array(
    z.object({
      input: z.string(),
      pieces,
      beside: z.array(z.object({ suffix: z.string(), pieces })).optional(),
    }),
  ),
  values: z.record(z.string(), z.string()).optional(),
  label: z.string().optional(),
  records: offset,
  cost: z.number().nonnegative(),
});

/**
 * A contributor's strategy, whose parts are looked at before anybody relies on them. What goes wrong in it is told with
 * where it comes from, unless it says so itself by a PlanError or a FormatError.
 */
export function contributedStrategy(strategy: Strategy, module: string): Strategy {
  const whose = `strategy ${strategy.name} of ${module}`;
  const { name, description, parameters, inputs } = strategy;
  return {
    ...{ name, description, parameters, inputs },
    ...(strategy.valueNames && {
      valueNames: async (given, checked) => {
        const names = await guarded(whose, () => strategy.valueNames?.(given, checked));
        const read = z.array(z.string()).safeParse(names);
        return read.success ? read.data : refuse(`${whose}: valueNames: expected a list of names`);
      },
    }),
    ...(strategy.merge && {
      merge: (checked, result) => {
        try {
          return strategy.merge?.(checked, result);
        } catch (error) {
          return refuseFaults(whose, error);
        }
      },
    }),
    async *plan(given, checked, context) {
      const names = (await strategy.valueNames?.(given, checked)) ?? [];
      const plan = strategy.plan(given, checked, context);
      if (!isAsyncIterable(plan)) refuse(`${whose}: plan: expected an async generator, which yields parts`);
      const parts = plan[Symbol.asyncIterator]();
      let index = 0;
      try {
        for (; ; index += 1) {
          const next = await guarded(whose, () => parts.next(), context.signal);
          if (next.done) break;
          yield checkedPart(next.value, { whose, index, inputs: given, names });
        }
      } finally {
        await parts.return?.(undefined);
      }
      if (index === 0) refuse(`${whose}: it gives no part; one is the least, also of an empty file`);
    },
  };
}

/** A contributor's merge, told of with where it comes from, and seen to make what it should. */
export function contributedMerge(merge: Merge, module: string): Merge {
  const whose = `merge ${merge.name} of ${module}`;
  const { name, description, parameters, datatypes, makes, how } = merge;
  return {
    ...{ name, description, parameters },
    ...(datatypes && { datatypes }),
    ...(makes && { makes }),
    how:
      how.kind === 'command'
        ? { kind: 'command', command: (checked) => how.command(checked) }
        : {
            kind: 'here',
            async join(request) {
              await guarded(whose, () => how.join(request), request.signal);
              if (!existsSync(request.destination)) refuse(`${whose}: it has made no result`);
            },
          },
  };
}

interface Expected {
  readonly whose: string;
  readonly index: number;
  readonly inputs: readonly PlanInput[];
  readonly names: readonly string[];
}

function checkedPart(part: Part, { whose, index, inputs, names }: Expected): Part {
  const which = `${whose}: part ${index}`;
  const read = partSchema.safeParse(part);
  if (!read.success) {
    const problems = read.error.issues.map(
      (issue) => `${issue.path.map(String).join('.')}: ${issue.message}`,
    );
    refuse(`${which}: ${problems.join('; ')}`);
  }
  if (part.index !== index)
    refuse(`${which}: its index is ${part.index}; parts are counted from 0, in order`);
  const unknown = part.slices.find(({ input }) => !inputs.some((one) => one.name === input));
  if (unknown) refuse(`${which}: there is no input ${JSON.stringify(unknown.input)}`);
  const values = Object.keys(part.values ?? {});
  const odd = values.find((name) => !names.includes(name)) ?? names.find((name) => !values.includes(name));
  if (odd !== undefined)
    refuse(`${which}: {${odd}} is either in its values or in valueNames, and not in both`);
  return part;
}

const isAsyncIterable = (given: unknown): given is AsyncIterable<Part> =>
  typeof given === 'object' && given !== null && Symbol.asyncIterator in given;

function refuse(text: string, cause?: unknown): never {
  throw new PlanError('INVALID_CONTRIBUTION', text, { cause });
}

/** What a contributor's code throws that is neither for users nor of the system is a fault of that code. */
async function guarded<Result>(
  whose: string,
  work: () => Result | Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) throw error;
    return refuseFaults(whose, error);
  }
}

function refuseFaults(whose: string, error: unknown): never {
  if (error instanceof PlanError || error instanceof FormatError) throw error;
  if (error instanceof Error && 'syscall' in error) throw error;
  return refuse(`${whose} has failed: ${String(error)}`, error);
}
