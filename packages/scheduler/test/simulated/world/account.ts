import { isFinal, type TaskRecord } from '@galaxy-mesos/scheduler';
import type { Plan, Runs } from './plan.ts';
import { finishedAttempts } from './shared-store.ts';
import type { World } from './world.ts';

/** States in which an attempt was lost sight of: whether it ran, and how it ended, nobody could know. */
const lostSight = new Set([
  'TASK_LOST',
  'TASK_UNREACHABLE',
  'TASK_UNKNOWN',
  'TASK_GONE_BY_OPERATOR',
  'TASK_GONE',
  'TASK_DROPPED',
]);

/** What became of one task that should not have. */
function taskProblems(
  { spec, outcome, failures }: Plan,
  record: TaskRecord | undefined,
  runs: Runs,
): string[] {
  const { id } = spec;
  if (!record) return [`${id} is not in the store`];
  const { state, attempts } = record;
  const finished = finishedAttempts(record).length;
  const problems: string[] = [];
  const say = (isWrong: boolean, words: string) => void (isWrong && problems.push(`${id} ${words}`));
  say(state !== outcome, `is ${state} and should be ${outcome}: ${JSON.stringify(attempts)}`);
  say(finished !== (outcome === 'finished' ? 1 : 0), `has ${finished} attempts that count`);
  // What belongs together starts anew together, whatever of it was done already.
  if (spec.gang || spec.group) return problems;
  const unknowable = attempts.filter((attempt) => lostSight.has(attempt.state)).length;
  const needed =
    outcome === 'cancelled'
      ? 1
      : Math.min(failures, spec.retries + (spec.retryRules?.outOfMemory ? 1 : 0)) + 1;
  const begun = runs.begun(id).length;
  say(
    begun > needed + unknowable,
    `ran ${begun} times, ${needed} were needed, and ${unknowable} attempts were lost sight of`,
  );
  const done = runs.finished(id).length;
  say(done > 1 + unknowable, `came to its end ${done} times`);
  say(outcome === 'finished' && done === 0, 'counts as finished and never was');
  return problems;
}

/** What the cluster has left that it should not. */
function remains({ cluster }: World): string[] {
  const { ledger, master, agents } = cluster;
  const alive = [...agents.values()].flatMap(({ id, tasks }) =>
    [...tasks.values()]
      .filter(({ isAlive }) => isAlive)
      .map(({ launch }) => `${launch.taskId} still runs on ${id}`),
  );
  const untold = [...agents.values()].flatMap(({ tasks }) =>
    [...tasks.values()]
      .filter(({ isAlive }) => !isAlive)
      .map(({ launch }) => `the end of ${launch.taskId} was never acknowledged`),
  );
  const offers = [...(master?.state.offers.all ?? [])].map(
    ({ id, frameworkId }) => `${id} of ${frameworkId} was never answered`,
  );
  return [
    ...ledger.overcommitted,
    ...ledger.startedTwice.map((id) => `${id} was started twice`),
    ...alive,
    ...untold,
    ...offers,
  ];
}

/** All that is wrong at the end of a run, when all faults are over; in words. */
export async function accountOf(
  world: World,
  plans: readonly Plan[],
  runs: Runs,
): Promise<readonly string[]> {
  const records = new Map((await world.store.load()).map((record) => [record.spec.id, record]));
  const excesses = world.reigns.flatMap(({ driver }) => driver.excesses);
  const stops = world.reigns.flatMap(({ stopError }) =>
    stopError ? [`a scheduler stopped: ${stopError}`] : [],
  );
  const open = [...records.values()]
    .filter(({ state }) => !isFinal(state))
    .map(({ spec }) => `${spec.id} goes on`);
  return [
    ...world.wrong,
    ...world.store.wrong,
    ...excesses,
    ...stops,
    ...open,
    ...plans.flatMap((plan) => taskProblems(plan, records.get(plan.spec.id), runs)),
    ...remains(world),
  ];
}
