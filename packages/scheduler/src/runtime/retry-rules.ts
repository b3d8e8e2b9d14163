import type { TaskResources } from '../model/amounts.ts';
import type { Attempt, TaskSpec } from '../model/task.ts';
import { verdictOn } from './attempt-rules.ts';
import type { SchedulerOptions } from './options.ts';

/**
 * Why the scheduler itself ended an attempt, kept as the attempt's `reason`, so that a later scheduler knows that it
 * says nothing against the task.
 */
export const ownReasons = {
  halt: 'GALAXY_MESOS_HALTED',
  preemption: 'GALAXY_MESOS_PREEMPTED',
  union: 'GALAXY_MESOS_ENDED_WITH_ITS_GANG',
} as const;

/** Kept as the reason of an attempt that was lost because its agent ended when it was planned to. */
const agentEndReason = 'GALAXY_MESOS_AGENT_ENDED';

/** Whether it was lost because its agent ended as planned, which is neither's fault. */
export const isAgentEnd = ({ reason }: Attempt): boolean => reason === agentEndReason;

/** One of the keys of {@link ownReasons}, or that it ran for longer than it may, which the task has to answer for. */
export type EndedFor = keyof typeof ownReasons | 'overrun';

const overrunReason = 'REASON_MAX_COMPLETION_TIME_REACHED';

const reasonOf = (endedFor: EndedFor): string =>
  endedFor === 'overrun' ? overrunReason : ownReasons[endedFor];

/** Whether this scheduler ended it for a reason that says nothing against the task. */
export const isOwn = ({ reason }: Attempt): boolean =>
  Object.values(ownReasons).some((own) => own === reason);

/** Whether it was ended because it ran for longer than it may. */
export const isOverrun = ({ reason }: Attempt): boolean => reason === overrunReason;

/** The attempt, with the reason for which this scheduler ended it. */
export const endedFor = (attempt: Attempt, why: EndedFor): Attempt => ({ ...attempt, reason: reasonOf(why) });

/** Whether an offer was withdrawn before the launch arrived, which says nothing against task or agent. */
export const wasOfferInvalid = ({ reason }: Attempt): boolean => reason === 'REASON_INVALID_OFFERS';

/**
 * The attempt, which ended with its agent: if nothing says that its command ended by itself or broke a limit, the end of
 * the agent is the reason that is kept.
 */
export function endedWithAgent(attempt: Attempt): Attempt {
  const { state, exitCode, reason } = attempt;
  const verdict = verdictOn(state);
  const isCutOff = verdict === 'lost' || verdict === 'killed' || state === 'TASK_UNREACHABLE';
  const isByCommand = exitCode !== undefined || reason?.startsWith('REASON_CONTAINER_');
  const isByAgent = isCutOff || (verdict === 'failed' && !isByCommand);
  return isByAgent && !isOwn(attempt) && !isOverrun(attempt)
    ? { ...attempt, reason: agentEndReason }
    : attempt;
}

/** What was used up of a task's patience since it was submitted, or was last tried again by request. */
export interface Spent {
  /** Attempts whose command failed. */
  readonly failures: number;
  /** Attempts that the cluster lost. */
  readonly losses: number;
  /** Launches that came to nothing: the cluster, when asked, knew of none. */
  readonly vainLaunches: number;
  /** How often it was given more memory. */
  readonly enlargements: number;
}

/** Nothing yet. */
export const nothingSpent: Spent = { failures: 0, losses: 0, vainLaunches: 0, enlargements: 0 };

/** What follows for a task from the end of an attempt: it is tried again after a while, or has failed. */
export type Consequence =
  | { readonly type: 'again'; readonly spent: Spent; readonly delaySeconds: number }
  | { readonly type: 'failed'; readonly message?: string };

/** The options that say how much is tolerated. */
export type Limits = Pick<SchedulerOptions, 'lossesTolerated' | 'retryDelay'>;

const longestDelaySeconds = 60;

// A scheduler that dies between writing and sending leaves one of these behind; it may die often, but not for ever.
const vainLaunchesPerLoss = 10;

/** So ends what lost its executor, as when that died with its machine, and not by what its command did. */
const executorLosses: ReadonlySet<string | undefined> = new Set([
  'REASON_EXECUTOR_TERMINATED',
  'REASON_EXECUTOR_UNREGISTERED',
  'REASON_EXECUTOR_REGISTRATION_TIMEOUT',
  'REASON_EXECUTOR_REREGISTRATION_TIMEOUT',
]);

const hasLostExecutor = ({ exitCode, reason }: Attempt): boolean =>
  exitCode === undefined && executorLosses.has(reason);

/** Whether the cluster never had it, as far as it could tell when asked. */
const wasInVain = ({ state, reason, startedAt, sandbox }: Attempt): boolean =>
  reason === 'REASON_RECONCILIATION' &&
  (state === 'TASK_GONE' || state === 'TASK_UNKNOWN') &&
  startedAt === undefined &&
  sandbox === undefined;

const delayAfter = (count: number, { retryDelay }: Limits): number =>
  Math.min(retryDelay * 2 ** (count - 1), longestDelaySeconds);

/** What the next attempt asks for, after so many that ran out of memory. */
export function resourcesOf(spec: TaskSpec, { enlargements }: Spent): TaskResources {
  const rule = spec.retryRules?.outOfMemory;
  if (!rule || enlargements === 0) return spec.resources;
  const mem = Math.min(
    spec.resources.mem * rule.factor ** enlargements,
    Math.max(rule.maximum, spec.resources.mem),
  );
  return { ...spec.resources, mem: Math.floor(mem * 1000) / 1000 };
}

const again = (spent: Spent, delaySeconds: number): Consequence => ({ type: 'again', spent, delaySeconds });

/**
 * What follows from the end of an attempt if the task is not through with it; `spent` is what was used up before. One
 * that finished is superseded only where others that it belongs together with have failed, and costs nothing.
 */
export function consequenceOf(spec: TaskSpec, attempt: Attempt, spent: Spent, limits: Limits): Consequence {
  const verdict = verdictOn(attempt.state);
  if (verdict === 'finished' || isOwn(attempt) || wasOfferInvalid(attempt)) return again(spent, 0);
  if (verdict === 'refused') return { type: 'failed' };
  if (isAgentEnd(attempt)) return afterAgentEnd(spent, limits);
  if (wasInVain(attempt)) return afterVainLaunch(attempt, spent, limits);
  return (verdict === 'failed' && !hasLostExecutor(attempt)) || isOverrun(attempt)
    ? afterFailure(spec, attempt, spent, limits)
    : afterLoss(attempt, spent, limits);
}

/** Its command was ended, by a limit or a signal; that it could not even be started may be the agent's fault. */
const endedWithoutExitCode = ({ exitCode, reason }: Attempt): boolean =>
  exitCode === undefined && reason !== 'REASON_CONTAINER_LAUNCH_FAILED';

function afterFailure(spec: TaskSpec, attempt: Attempt, spent: Spent, limits: Limits): Consequence {
  if (attempt.reason === 'REASON_CONTAINER_LIMITATION_MEMORY') {
    const more = { ...spent, enlargements: spent.enlargements + 1 };
    if (resourcesOf(spec, more).mem > resourcesOf(spec, spent).mem) return again(more, 0);
  }
  const codes = spec.retryRules?.exitCodes;
  const { exitCode } = attempt;
  if (codes && exitCode !== undefined && !codes.includes(exitCode)) {
    return {
      type: 'failed',
      message: `its command ended with exit code ${exitCode}, which is not tried again`,
    };
  }
  if (codes && endedWithoutExitCode(attempt)) return { type: 'failed' };
  const failures = spent.failures + 1;
  if (failures > spec.retries) return { type: 'failed' };
  return again({ ...spent, failures }, delayAfter(failures, limits));
}

function afterVainLaunch(attempt: Attempt, spent: Spent, limits: Limits): Consequence {
  const vainLaunches = spent.vainLaunches + 1;
  if (vainLaunches <= vainLaunchesPerLoss * Math.max(limits.lossesTolerated, 1)) {
    return again({ ...spent, vainLaunches }, delayAfter(vainLaunches, limits));
  }
  const message = `${vainLaunches} attempts at it never arrived, the last ended as ${attempt.state}`;
  return { type: 'failed', message };
}

/** Where its agent went nothing is to be waited for; but what never ends in time anywhere is not tried for ever. */
function afterAgentEnd(spent: Spent, limits: Limits): Consequence {
  const losses = spent.losses + 1;
  if (losses <= limits.lossesTolerated) return again({ ...spent, losses }, 0);
  const message =
    `the cluster lost ${losses} attempts at it, the last because its agent ended as planned; ` +
    'if it runs for long, say so (expectedRunSeconds), so that it is put where it can end';
  return { type: 'failed', message };
}

function afterLoss(attempt: Attempt, spent: Spent, limits: Limits): Consequence {
  const losses = spent.losses + 1;
  if (losses <= limits.lossesTolerated) return again({ ...spent, losses }, delayAfter(losses, limits));
  const message = `the cluster lost ${losses} attempts at it, the last as ${attempt.state}`;
  return { type: 'failed', message };
}

/**
 * What earlier attempts, which have all ended or were given up, used up. Where they had failed the task, it was tried
 * again by request, and begins anew: only the rest counts.
 */
export function spentOn(spec: TaskSpec, attempts: readonly Attempt[], limits: Limits): Spent {
  let spent = nothingSpent;
  for (const attempt of attempts) {
    const consequence = consequenceOf(spec, attempt, spent, limits);
    spent = consequence.type === 'again' ? consequence.spent : nothingSpent;
  }
  return spent;
}
