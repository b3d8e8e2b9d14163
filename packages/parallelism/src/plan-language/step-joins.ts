import path from 'node:path';
import { fillPlaceholders, type Job, JobDescriptionError, type OutputMerge } from '@galaxy-mesos/galaxy-jobs';
import type { Catalog } from '../catalog.ts';
import type { KnownResult } from '../merges/choose-merge.ts';
import type { MergeChoice } from '../merges/merge.ts';
import { mergeNamed, readyMerge } from '../merges/merges.ts';
import { PlanError } from '../plan-error.ts';
import { defaultMerge } from './default-merge.ts';
import type { ReadyStep } from './job-split.ts';

/** How results are joined, looked up: whoever hands it on needs no catalog any more. */
export type ResolvedMerge =
  /** Done by a task; see `MergeByCommand`. */
  | { readonly kind: 'command'; readonly command: string }
  /** Done beside the runner; see `MergeHere`. */
  | ({ readonly kind: 'here'; readonly makes?: 'directory' } & MergeChoice)
  /** Done by tasks with a command of the user's; see `reductionSchema` of `galaxy-jobs`. */
  | { readonly kind: 'reduce'; readonly command: string; readonly arity: number };

/** How the results of one step of a split are joined. */
export interface StepJoin {
  /** Those are joined whose parts have the same {@link Part.groups} up to here; 0: all. */
  readonly depth: number;
  readonly merge: ResolvedMerge;
}

type Output = Pick<Job['outputs'][number], 'name' | 'file' | 'destination' | 'merges'>;

/**
 * How the results of the parts become one output: a way for each step, the outermost first. Where a step would make
 * directories, and the one around it a directory of those, there is one directory of all.
 * @throws PlanError
 */
export function joinsOf(output: Output, steps: readonly ReadyStep[], catalog: Catalog): readonly StepJoin[] {
  const joins: StepJoin[] = [];
  for (const [depth, { choice, result }] of [...choicesOf(output, steps, catalog).entries()].reverse()) {
    const inner = joins[0]?.merge;
    if (!inner || !isDirectory(inner)) {
      joins.unshift({ depth, merge: resolved(choice ?? defaultMerge(result, catalog), catalog) });
      continue;
    }
    const merge = choice ? resolved(choice, catalog) : inner;
    if (!isDirectory(merge)) throw notJoined(output, inner);
    joins[0] = { depth, merge };
  }
  return joins;
}

interface StepChoice {
  /** What the job says, or the strategy. */
  readonly choice: OutputMerge | undefined;
  readonly result: KnownResult;
}

function choicesOf(output: Output, steps: readonly ReadyStep[], catalog: Catalog): readonly StepChoice[] {
  const given = givenMerges(output, steps.length);
  const choices: StepChoice[] = [];
  /** Whether what the steps around one have made is kept apart, in a directory. */
  let isApart = false;
  for (const [index, { strategy, parameters }] of steps.entries()) {
    // In a directory results have the names that the command gave them.
    const result: KnownResult = { fileName: path.basename(isApart ? output.file : output.destination) };
    const choice: OutputMerge | undefined = given[index] ?? strategy.merge?.(parameters, result);
    choices.push({ choice, result });
    isApart ||= choice !== undefined && isDirectory(resolved(choice, catalog));
  }
  return choices;
}

/** What the job says, for each step. */
function givenMerges({ merges = [], name }: Output, steps: number): readonly (OutputMerge | undefined)[] {
  if (merges.length <= 1) return [...Array<undefined>(steps - 1), merges[0]];
  if (merges.length === steps) return merges;
  const text = `output ${name}: there are ${merges.length} merges for a split in ${steps} steps; give one for each, the outermost first, or one for the innermost`;
  throw new PlanError('INVALID_PARAMETERS', text);
}

function resolved(choice: OutputMerge, catalog: Catalog): ResolvedMerge {
  if ('reduce' in choice) {
    checkReducer(choice.reduce);
    return { kind: 'reduce', command: choice.reduce, arity: choice.arity };
  }
  const ready = readyMerge(choice, catalog);
  if (ready.kind === 'command') return { kind: 'command', command: ready.command };
  const { makes } = mergeNamed(choice.merge, catalog);
  return { kind: 'here', ...choice, ...(makes && { makes }) };
}

/** Any two paths can stand for `{parts}` where these can: what cannot be quoted must not come to light after the last part. */
const anyPaths = ["/a 'b", '/$c'];

function checkReducer(command: string): void {
  try {
    fillPlaceholders(command, new Map([['parts', anyPaths]]));
    fillPlaceholders(command, new Map([['output', 'merged']]));
  } catch (error) {
    if (!(error instanceof JobDescriptionError)) throw error;
    const text = error.problems[0].text.replace(' files; ', ' or more files; ');
    throw new PlanError('INVALID_PARAMETERS', `reduce: ${text}`, { cause: error });
  }
}

const isDirectory = (merge: ResolvedMerge): merge is Extract<ResolvedMerge, { kind: 'here' }> =>
  merge.kind === 'here' && merge.makes === 'directory';

function notJoined({ name }: Output, { merge }: MergeChoice): PlanError {
  const text = `output ${name}: the merge ${merge} of one step makes directories, which the step around it cannot join; give a merge for each step, the outermost first`;
  return new PlanError('INVALID_PARAMETERS', text);
}
