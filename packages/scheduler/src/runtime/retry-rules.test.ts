import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Attempt, type AttemptState, attemptStates } from '../model/task.ts';
import { aTask } from '../testing/core-fixture.ts';
import { consequenceOf, nothingSpent, ownReasons, resourcesOf, spentOn } from './retry-rules.ts';

const limits = { lossesTolerated: 5, retryDelay: 0.5 };
const ended = (state: AttemptState, more: Partial<Attempt> = {}): Attempt => ({
  id: 'a-1',
  taskId: 'a',
  number: 1,
  state,
  agentId: 'agent-1',
  hostname: 'host-1',
  launchedAt: 1,
  ...more,
});
const outOfMemory = ended('TASK_FAILED', { reason: 'REASON_CONTAINER_LIMITATION_MEMORY', exitCode: 137 });

describe('consequenceOf', () => {
  test('a failed command is tried again as often as the task says, after growing intervals', () => {
    const task = aTask('a', { retries: 2 });
    const first = consequenceOf(task, ended('TASK_FAILED'), nothingSpent, limits);
    expect(first).toEqual({
      type: 'again',
      spent: { ...nothingSpent, failures: 1 },
      delaySeconds: 0.5,
    });
    const spent = { ...nothingSpent, failures: 1 };
    expect(consequenceOf(task, ended('TASK_FAILED'), spent, limits)).toMatchObject({ delaySeconds: 1 });
    expect(consequenceOf(task, ended('TASK_FAILED'), { ...spent, failures: 2 }, limits)).toEqual({
      type: 'failed',
    });
  });

  test('where exit codes are named, a command that was ended by a limit or a signal is not tried again', () => {
    const task = aTask('a', { retries: 5, retryRules: { exitCodes: [75] } });
    const after = (reason?: string) =>
      consequenceOf(task, ended('TASK_FAILED', reason === undefined ? {} : { reason }), nothingSpent, limits);
    for (const reason of [
      'REASON_MAX_COMPLETION_TIME_REACHED',
      'REASON_CONTAINER_LIMITATION_MEMORY',
      undefined,
    ])
      expect(after(reason)).toEqual({ type: 'failed' });
    expect(after('REASON_CONTAINER_LAUNCH_FAILED').type).toBe('again');
    expect(after('REASON_EXECUTOR_TERMINATED').type).toBe('again');
  });

  test('an exit code that is not among those to be tried again ends the task at once', () => {
    const task = aTask('a', { retries: 5, retryRules: { exitCodes: [75] } });
    const again = consequenceOf(task, ended('TASK_FAILED', { exitCode: 75 }), nothingSpent, limits);
    expect(again).toMatchObject({ type: 'again' });
    expect(consequenceOf(task, ended('TASK_FAILED', { exitCode: 2 }), nothingSpent, limits)).toEqual({
      type: 'failed',
      message: 'its command ended with exit code 2, which is not tried again',
    });
  });

  test('what ran out of memory gets more, up to a maximum, without using up retries', () => {
    const task = aTask('a', {
      resources: { cpus: 1, mem: 100, disk: 0 },
      retryRules: { outOfMemory: { factor: 2, maximum: 300 } },
    });
    let spent = nothingSpent;
    const memory: number[] = [];
    for (;;) {
      const consequence = consequenceOf(task, outOfMemory, spent, limits);
      if (consequence.type === 'failed') break;
      spent = consequence.spent;
      memory.push(resourcesOf(task, spent).mem);
    }
    expect(memory).toEqual([200, 300]);
    expect(spent.failures).toBe(0);
  });

  test('running out of memory is a failure like others where the task does not ask for more', () => {
    expect(consequenceOf(aTask('a'), outOfMemory, nothingSpent, limits)).toEqual({ type: 'failed' });
  });

  test('what this scheduler ended, and what never had an offer, costs nothing', () => {
    const reasons = [...Object.values(ownReasons), 'REASON_INVALID_OFFERS'];
    for (const reason of reasons) {
      const consequence = consequenceOf(aTask('a'), ended('TASK_KILLED', { reason }), nothingSpent, limits);
      expect(consequence).toEqual({ type: 'again', spent: nothingSpent, delaySeconds: 0 });
    }
  });

  test('an attempt that ran for longer than it may has failed', () => {
    const overran = ended('TASK_KILLED', { reason: 'REASON_MAX_COMPLETION_TIME_REACHED' });
    expect(consequenceOf(aTask('a'), overran, nothingSpent, limits)).toEqual({ type: 'failed' });
  });

  test('losses are tolerated a number of times, and told of in words then', () => {
    const spent = { ...nothingSpent, losses: 5 };
    expect(consequenceOf(aTask('a'), ended('TASK_LOST'), nothingSpent, limits)).toMatchObject({
      type: 'again',
    });
    expect(consequenceOf(aTask('a'), ended('TASK_GONE'), spent, limits)).toEqual({
      type: 'failed',
      message: 'the cluster lost 6 attempts at it, the last as TASK_GONE',
    });
  });

  test.each(['REASON_EXECUTOR_TERMINATED', 'REASON_EXECUTOR_REREGISTRATION_TIMEOUT'])(
    'what lost its executor (%s) is a loss, unless its command had ended by itself',
    (reason) => {
      const lost = ended('TASK_FAILED', { reason });
      expect(consequenceOf(aTask('a'), lost, nothingSpent, limits)).toMatchObject({
        type: 'again',
        spent: { ...nothingSpent, losses: 1 },
      });
      const failed = ended('TASK_FAILED', { reason, exitCode: 1 });
      expect(consequenceOf(aTask('a'), failed, nothingSpent, limits)).toEqual({ type: 'failed' });
    },
  );

  test('launches that never arrived are tolerated for longer, but not for ever', () => {
    const reason = 'REASON_RECONCILIATION';
    let spent = nothingSpent;
    for (;;) {
      const consequence = consequenceOf(aTask('a'), ended('TASK_GONE', { reason }), spent, limits);
      if (consequence.type === 'failed') break;
      spent = consequence.spent;
    }
    expect(spent).toEqual({ ...nothingSpent, vainLaunches: 50 });
  });

  test('attempts that had begun are not among those', () => {
    for (const had of [{ startedAt: 5 }, { sandbox: '/s' }]) {
      const gone = ended('TASK_UNKNOWN', { reason: 'REASON_RECONCILIATION', ...had });
      expect(consequenceOf(aTask('a'), gone, nothingSpent, limits)).toMatchObject({ spent: { losses: 1 } });
    }
  });

  test('what can never run as it is described has failed', () => {
    const task = aTask('a', { retries: 9 });
    expect(consequenceOf(task, ended('TASK_ERROR'), nothingSpent, limits)).toEqual({ type: 'failed' });
  });
});

describe('spentOn', () => {
  const task = aTask('a', { retries: 2 });

  test('counts failures and losses, and no withdrawn offers', () => {
    const attempts = [
      ended('TASK_FAILED'),
      ended('TASK_LOST'),
      ended('TASK_UNREACHABLE'),
      ended('TASK_GONE'),
      ended('TASK_DROPPED', { reason: 'REASON_INVALID_OFFERS' }),
    ];
    expect(spentOn(task, attempts, limits)).toEqual({ ...nothingSpent, failures: 1, losses: 3 });
  });

  test('what sufficed to fail the task once does not count again', () => {
    const failed = Array.from({ length: 3 }, () => ended('TASK_FAILED'));
    expect(spentOn(task, failed, limits)).toEqual(nothingSpent);
    expect(spentOn(task, [...failed, ended('TASK_FAILED')], limits).failures).toBe(1);
  });

  test('is what an undisturbed scheduler counted, whatever happened', () => {
    const anEnd = fc.record({
      state: fc.constantFrom(...attemptStates.filter((state) => state !== 'TASK_FINISHED')),
      exitCode: fc.constantFrom(0, 1, 75),
      reason: fc.constantFrom(
        'other',
        'REASON_RECONCILIATION',
        'REASON_CONTAINER_LIMITATION_MEMORY',
        ...Object.values(ownReasons),
      ),
    });
    const rules = { exitCodes: [1], outOfMemory: { factor: 1.5, maximum: 200 } };
    const strict = aTask('a', { retries: 2, retryRules: rules });
    fc.assert(
      fc.property(fc.array(anEnd, { maxLength: 20 }), (ends) => {
        let spent = nothingSpent;
        const attempts: Attempt[] = [];
        for (const { state, ...more } of ends) {
          const attempt = ended(state, more);
          attempts.push(attempt);
          const consequence = consequenceOf(strict, attempt, spent, limits);
          spent = consequence.type === 'again' ? consequence.spent : nothingSpent;
          expect(spentOn(strict, attempts, limits)).toEqual(spent);
        }
      }),
    );
  });
});
