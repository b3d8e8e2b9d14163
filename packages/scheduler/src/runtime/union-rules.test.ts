import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Attempt, AttemptState } from '../model/task.ts';
import { aTask } from '../testing/core-fixture.ts';
import { nothingSpent, ownReasons, type Spent } from './retry-rules.ts';
import { judgeUnion, type Member, spentOnUnion } from './union-rules.ts';

const limits = { lossesTolerated: 2, retryDelay: 1 };
const overrun = 'REASON_MAX_COMPLETION_TIME_REACHED';

const member = (
  id: string,
  state: AttemptState,
  more: Partial<Attempt> & { isOut?: boolean } = {},
): Member => {
  const { isOut = false, ...rest } = more;
  const attempt = { id: `${id}-1`, taskId: id, number: 1, state, agentId: 'x', hostname: 'x', launchedAt: 1 };
  return { spec: aTask(id, { retries: 1 }), spent: nothingSpent, attempt: { ...attempt, ...rest }, isOut };
};

describe('judgeUnion', () => {
  test('tries again after the longest of the delays that its members ask for', () => {
    const [a, b] = [member('a', 'TASK_FAILED'), member('b', 'TASK_LOST')];
    const patient = { ...b, spent: { ...nothingSpent, losses: 1 } };
    expect(judgeUnion([a, patient], limits)).toMatchObject({ type: 'try again', delaySeconds: 2 });
    expect(judgeUnion([patient, a], limits)).toMatchObject({ type: 'try again', delaySeconds: 2 });
  });

  test('takes one that ran for too long for the culprit, and those that Mesos ended for innocent', () => {
    const verdict = judgeUnion(
      [member('a', 'TASK_KILLED', { reason: overrun }), member('b', 'TASK_KILLED')],
      limits,
    );
    expect(verdict.type === 'try again' && verdict.outcomes.map(({ spent }) => spent)).toEqual([
      { ...nothingSpent, failures: 1 },
      nothingSpent,
    ]);
  });

  test('takes a kill for a loss where nobody is at fault', () => {
    const verdict = judgeUnion([member('a', 'TASK_KILLED'), member('b', 'TASK_FINISHED')], limits);
    expect(verdict.type === 'try again' && verdict.outcomes.map(({ spent }) => spent)).toEqual([
      { ...nothingSpent, losses: 1 },
      nothingSpent,
    ]);
  });

  test.each(Object.values(ownReasons))('blames nobody for what was ended as %s', (reason) => {
    const ended = member('a', 'TASK_FAILED', { reason });
    const others = [member('b', 'TASK_KILLED'), member('c', 'TASK_FINISHED')];
    const verdict = judgeUnion([ended, ...others], limits);
    expect(verdict).toMatchObject({ type: 'try again' });
    // Without a culprit, whoever killed the other may not have been Mesos.
    const spent = verdict.type === 'try again' ? verdict.outcomes.map((outcome) => outcome.spent.losses) : [];
    expect(spent).toEqual([0, 1, 0]);
  });

  test('goes on while one is only out of reach', () => {
    const away = member('a', 'TASK_UNREACHABLE', { isOut: true });
    expect(judgeUnion([away, member('b', 'TASK_FINISHED')], limits).type).toBe('go on');
    expect(judgeUnion([{ ...away, isOut: false }, member('b', 'TASK_FINISHED')], limits).type).toBe(
      'try again',
    );
  });
});

const anEnd = fc.record({
  state: fc.constantFrom<AttemptState>(
    'TASK_FAILED',
    'TASK_KILLED',
    'TASK_LOST',
    'TASK_FINISHED',
    'TASK_UNREACHABLE',
  ),
  reason: fc.option(fc.constantFrom(overrun, ...Object.values(ownReasons)), { nil: undefined }),
});
type End = { readonly state: AttemptState; readonly reason: string | undefined };

/** Three tasks that are tried together, and what a scheduler counts that lives through it all. */
class Tries {
  readonly tasks = ['a', 'b', 'c'].map((id) => ({
    spec: aTask(id, { retries: 1 }),
    attempts: [] as Attempt[],
  }));
  spent: readonly Spent[] = this.tasks.map(() => nothingSpent);

  end(number: number, ends: readonly End[]): void {
    const members = this.tasks.map(({ spec }, place) => {
      const { state, reason } = ends[place] as End;
      const known = { ...(reason !== undefined && { reason }), number };
      return { ...member(spec.id, state, known), spec, spent: this.spent[place] ?? nothingSpent };
    });
    const verdict = judgeUnion(members, limits);
    const outcomes = verdict.type === 'try again' ? verdict.outcomes : [];
    for (const [place, { attempts }] of this.tasks.entries()) {
      attempts.push((outcomes[place] ?? (members[place] as Member)).attempt);
    }
    // Those that have failed are tried again by request.
    if (verdict.type !== 'finished')
      this.spent = members.map((_, place) => outcomes[place]?.spent ?? nothingSpent);
  }
}

describe('spentOnUnion', () => {
  test('is what an undisturbed scheduler counted, try by try, also after requests to try again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anEnd, anEnd, anEnd), { maxLength: 12 }), (ends) => {
        const tries = new Tries();
        for (const [index, end] of ends.entries()) {
          tries.end(index + 1, end);
          expect(spentOnUnion(tries.tasks, limits)).toEqual(tries.spent);
        }
      }),
    );
  });
});
