import { audit } from '@galaxy-mesos/mesos-testkit';
import { type Attempt, isFinal, type TaskRecord } from '@galaxy-mesos/scheduler';
import type { Plan, Runs } from './plan.ts';
import { finishedAttempts } from './shared-store.ts';
import type { World } from './world.ts';

/** Whether an attempt ended, as far as anybody knew, for no reason of its own: another one has to take its place. */
const wasInnocent = ({ state, reason }: Attempt): boolean =>
  state !== 'TASK_FINISHED' && (state !== 'TASK_FAILED' || reason === 'REASON_EXECUTOR_TERMINATED');

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
  // What belongs together starts anew together, whatever of it was done already: the last try counts.
  if (spec.gang || spec.group) {
    say(attempts.at(-1)?.state !== 'TASK_FINISHED', 'was not done in its last try');
    return problems;
  }
  say(finished !== (outcome === 'finished' ? 1 : 0), `has ${finished} attempts that count`);
  const replaced = attempts.filter(wasInnocent).length;
  const needed =
    outcome === 'cancelled'
      ? 1
      : Math.min(failures, spec.retries + (spec.retryRules?.outOfMemory ? 1 : 0)) + 1;
  const begun = runs.begun(id).length;
  say(
    begun > needed + replaced,
    `ran ${begun} times, ${needed} were needed, and ${replaced} attempts were replaced for no fault of theirs`,
  );
  const done = runs.finished(id).length;
  say(done > 1 + replaced, `came to its end ${done} times`);
  say(outcome === 'finished' && done === 0, 'counts as finished and never was');
  return problems;
}

/** What the cluster has left that it should not. */
function remains({ cluster }: World): string[] {
  // Nobody hears any more of an agent that was marked gone.
  const gone = cluster.master?.state.parts.registry.gone;
  const agents = [...cluster.agents.values()].filter(({ id, isUp }) => isUp && !gone?.has(id));
  const tasks = agents.flatMap((agent) => [...agent.tasks.values()]);
  return tasks.map(({ isAlive, launch: { taskId } }) =>
    isAlive ? `${taskId} still runs` : `the end of ${taskId} was never acknowledged`,
  );
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
    ...audit(world.cluster, { answerWithinSeconds: 0 }).violations,
    ...remains(world),
  ];
}
