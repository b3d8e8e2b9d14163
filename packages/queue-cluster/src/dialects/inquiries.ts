import { commandProblem, quoteAnswer } from './command-problems.ts';
import type { InquiryFinding, QueueAnswer, QueueProblem } from './dialect.ts';
import { hoursMinutesSeconds } from './durations.ts';
import { oneLine } from './one-line.ts';

/** What a batch job asks for; what an extra line of the site's own may say otherwise is not known. */
export interface AskedSizes {
  readonly cpus?: number;
  readonly memMb?: number;
  readonly gpus?: number;
  readonly walltimeSeconds?: number;
}

/** Who asks, as `id` tells it. */
export interface WhoAsks {
  readonly user: string;
  readonly groups: readonly string[];
}

/** Tells who would submit, on the machine where that would be done. */
export const whoCommand = { program: 'id', arguments: [] } as const;

/** What `id` said: `uid=1000(ann) gid=100(users) groups=100(users),7(lab)`. */
export function whoAsks(answer: QueueAnswer | undefined): WhoAsks | undefined {
  if (answer?.exitCode !== 0) return undefined;
  const user = /^uid=\d+\(([^)]+)\)/.exec(answer.stdout)?.[1];
  const groups = [...answer.stdout.matchAll(/(?:\bgid=|\bgroups=|,)\d+\(([^)]+)\)/g)].map(
    ([, name = '']) => name,
  );
  return user === undefined || groups.length === 0 ? undefined : { user, groups: [...new Set(groups)] };
}

/** Nothing speaks against it. */
export const fine = (subject: string, text: string): InquiryFinding => ({
  kind: 'fine',
  subject: oneLine(subject),
  text: oneLine(text),
});

/** It would not be taken, or not be started as things are. */
export const refused = (subject: string, { kind, text, advice }: QueueProblem): InquiryFinding => ({
  kind: 'refused',
  subject: oneLine(subject),
  problem: { kind, text: oneLine(text), ...(advice === undefined ? {} : { advice: oneLine(advice) }) },
});

/** Nobody knows. */
export const unclear = (subject: string, text: string): InquiryFinding => ({
  kind: 'unclear',
  subject: oneLine(subject),
  text: oneLine(text),
});

/** What an answer comes to that tells nothing: the command is not there, the queue is known to be away, or nobody knows. */
export function noAnswer(
  subject: string,
  answer: QueueAnswer | undefined,
  problemOf: (answer: QueueAnswer) => QueueProblem | undefined,
): InquiryFinding {
  if (!answer) return unclear(subject, 'it was not asked');
  const missing = commandProblem(answer);
  if (missing) return refused(subject, missing);
  const problem = problemOf(answer);
  // What is not known by its words comes without advice.
  if (problem?.kind === 'transient' && problem.advice !== undefined)
    return refused(subject, {
      ...problem,
      advice: 'nothing can be submitted before it answers: try again later',
    });
  return unclear(subject, `no answer: ${quoteAnswer(answer)}`);
}

/** Sizes for people. */
export const shown = {
  cpus: (count: number): string => (count === 1 ? '1 core' : `${count} cores`),
  gpus: (count: number): string => (count === 1 ? '1 GPU' : `${count} GPUs`),
  memMb: (size: number): string => `${Math.floor(size)} MiB of memory`,
  walltimeSeconds: (seconds: number): string => `${hoursMinutesSeconds(seconds)} of walltime`,
} as const;

/** What a queue allows of one size; what it does not say is not limited. */
export interface Bounds {
  readonly asked: number | undefined;
  readonly least?: number | undefined;
  readonly most?: number | undefined;
  readonly show: (size: number) => string;
  /** What the queueing system calls the limit. */
  readonly called: string;
}

/** Why a queue would not take a job of that size; undefined if it is within the bounds. */
export function boundsProblem(
  queue: string,
  { asked, least, most, show, called }: Bounds,
): QueueProblem | undefined {
  if (asked === undefined) return undefined;
  const above = most !== undefined && asked > most ? `at most ${show(most)}` : undefined;
  const bound = above ?? (least !== undefined && asked < least ? `at least ${show(least)}` : undefined);
  if (bound === undefined) return undefined;
  return {
    kind: 'configuration',
    text: `the queue ${queue} takes jobs of ${bound}, and this one asks for ${show(asked)} (${called})`,
    advice: `ask for ${bound}, or name another queue`,
  };
}
