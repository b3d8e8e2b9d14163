import { gangVerdict, type MemberState, memberState } from '../gangs/gang-verdict.ts';
import { type Attempt, isTerminal, type TaskSpec } from '../model/task.ts';
import {
  consequenceOf,
  endedFor,
  isOverrun,
  isOwn,
  type Limits,
  nothingSpent,
  type Spent,
} from './retry-rules.ts';

/** A task of a launched gang or group. */
export interface Member {
  readonly spec: TaskSpec;
  readonly attempt: Attempt;
  /** What was used up before this attempt. */
  readonly spent: Spent;
  /** Whether its task still waits for this attempt. */
  readonly isOut: boolean;
}

/** What becomes of all tasks of a gang or group. */
export type UnionVerdict<M extends Member> =
  | { readonly type: 'go on' | 'end the rest' | 'finished' }
  | {
      readonly type: 'try again';
      readonly delaySeconds: number;
      /** For each member its attempt, with what is to be known of it later, and what is used up now. */
      readonly outcomes: readonly { readonly member: M; readonly attempt: Attempt; readonly spent: Spent }[];
    }
  /** `message` says more of why the culprit has failed, where there is more to say. */
  | { readonly type: 'failed'; readonly culprit: M; readonly message: string | undefined };

function stateOf({ attempt, isOut }: Member): MemberState {
  if (!isOut && isOverrun(attempt)) return 'failed';
  const givenUp = !isOut && !isTerminal(attempt.state);
  return memberState(attempt.state, { givenUp, asked: isOwn(attempt) });
}

/** Mesos ends the tasks of a group when one of them fails: those others are not to answer for it. */
const isInnocent = ({ attempt }: Member): boolean => attempt.state === 'TASK_KILLED' && !isOverrun(attempt);

/** Decides about tasks that start, fail and end together. */
export function judgeUnion<M extends Member>(members: readonly M[], limits: Limits): UnionVerdict<M> {
  const states = members.map(stateOf);
  const isOneAtFault = states.includes('failed') || states.includes('refused');
  const ended = members
    .filter(({ isOut }) => !isOut)
    .map((member) => {
      const attempt = isOneAtFault && isInnocent(member) ? endedFor(member.attempt, 'union') : member.attempt;
      return { member, attempt, consequence: consequenceOf(member.spec, attempt, member.spent, limits) };
    });
  const last = ended.find(({ consequence }) => consequence.type === 'failed');
  const tries = last ? { retries: 0, losses: 0 } : { retries: 1, losses: 1 };
  const verdict = gangVerdict(states, tries);
  if (verdict === 'failed' && last) {
    const message = last.consequence.type === 'failed' ? last.consequence.message : undefined;
    return { type: 'failed', culprit: last.member, message };
  }
  if (verdict !== 'try again') return { type: verdict === 'failed' ? 'go on' : verdict };
  let delaySeconds = 0;
  const outcomes = ended.map(({ member, attempt, consequence }) => {
    if (consequence.type === 'failed') return { member, attempt, spent: member.spent };
    delaySeconds = Math.max(delaySeconds, consequence.delaySeconds);
    return { member, attempt, spent: consequence.spent };
  });
  return { type: 'try again', delaySeconds, outcomes };
}

/**
 * What the earlier attempts at the tasks of a gang or group, which have all ended or were given up, used up of each
 * of them: as they start together, so their attempts of the same number are judged together. See {@link spentOn}.
 */
export function spentOnUnion(
  tasks: readonly { readonly spec: TaskSpec; readonly attempts: readonly Attempt[] }[],
  limits: Limits,
): Spent[] {
  const spent = tasks.map(() => nothingSpent);
  const numbers = new Set(tasks.flatMap(({ attempts }) => attempts.map(({ number }) => number)));
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const members = tasks.flatMap(({ spec, attempts }, index) => {
      const attempt = attempts.find((one) => one.number === number);
      return attempt ? [{ spec, attempt, spent: spent[index] ?? nothingSpent, isOut: false, index }] : [];
    });
    const verdict = judgeUnion(members, limits);
    if (verdict.type === 'failed') spent.fill(nothingSpent);
    if (verdict.type !== 'try again') continue;
    for (const { member, spent: now } of verdict.outcomes) spent[member.index] = now;
  }
  return spent;
}
