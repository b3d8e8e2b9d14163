import { gangFault, gangVerdict, type MemberState, memberState } from '../gangs/gang-verdict.ts';
import { type Attempt, isTerminal } from '../model/task.ts';
import type { SchedulerOptions } from './options.ts';
import { type Consequence, consequenceOf, ownReasons } from './retry-rules.ts';
import type { Task } from './task-table.ts';

/** A task of a launched gang or group. */
export interface Member {
  readonly task: Task;
  readonly attempt: Attempt;
  /** Whether its task still waits for this attempt. */
  readonly isOut: boolean;
}

/** What becomes of all tasks of a gang or group. */
export type UnionVerdict =
  | { readonly type: 'go on' | 'end the rest' | 'finished' }
  | { readonly type: 'try again'; readonly delaySeconds: number }
  | { readonly type: 'failed'; readonly message: string };

const stateOf = ({ attempt, isOut }: Member): MemberState =>
  memberState(attempt.state, {
    givenUp: !isOut && !isTerminal(attempt.state),
    asked: attempt.reason === ownReasons.union,
  });

/** What follows for each member if it stood alone; nothing that costs where another is at fault. */
const alone = (member: Member, limits: SchedulerOptions): Consequence =>
  consequenceOf(member.task.spec, member.attempt, member.task.spent, limits);

/** Decides about tasks that start, fail and end together. */
export function judgeUnion(members: readonly Member[], limits: SchedulerOptions): UnionVerdict {
  const states = members.map(stateOf);
  const ended = members.filter(({ isOut }) => !isOut);
  const consequences = ended.map((member) => ({ member, consequence: alone(member, limits) }));
  const last = consequences.find(({ consequence }) => consequence.type === 'failed');
  const tries = last ? { retries: 0, losses: 0 } : { retries: 1, losses: 1 };
  const verdict = gangVerdict(states, tries);
  if (verdict === 'failed') {
    const { task, attempt } = last?.member ?? (members[0] as Member);
    const how = last?.consequence.type === 'failed' ? last.consequence.message : undefined;
    return {
      type: 'failed',
      message: how ?? `${task.spec.id}, which it belongs together with, ended as ${attempt.state}`,
    };
  }
  if (verdict !== 'try again') return { type: verdict };
  const delays = consequences.map(({ consequence }) =>
    consequence.type === 'again' ? consequence.delaySeconds : 0,
  );
  return { type: 'try again', delaySeconds: Math.max(0, ...delays) };
}

/**
 * Members that Mesos ended because another had failed: they are not to answer for it, and that must be known later,
 * too.
 */
export function innocent(members: readonly Member[]): readonly Member[] {
  if (gangFault(members.map(stateOf)) !== 'failed') return [];
  return members.filter(
    ({ attempt }) => attempt.state === 'TASK_KILLED' && attempt.reason !== ownReasons.union,
  );
}
