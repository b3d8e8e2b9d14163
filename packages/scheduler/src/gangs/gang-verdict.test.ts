import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptStates } from '../model/task.ts';
import { type GangTries, gangFault, gangVerdict, type MemberState, memberState } from './gang-verdict.ts';

const tries: GangTries = { retries: 1, losses: 1 };

describe('gangVerdict', () => {
  it.each<[MemberState[], string]>([
    [['starting', 'running', 'finished'], 'go on'],
    [['finished', 'finished'], 'finished'],
    [['running', 'failed'], 'end the rest'],
    [['starting', 'lost'], 'end the rest'],
    [['finished', 'lost', 'running'], 'end the rest'],
    [['ended', 'failed', 'finished'], 'try again'],
    [['ended', 'lost'], 'try again'],
    [['refused', 'starting'], 'end the rest'],
    [['refused', 'ended'], 'failed'],
  ])('of %j is %s', (members, verdict) => {
    expect(gangVerdict(members, tries)).toBe(verdict);
  });

  it('counts failures against retries and losses against losses', () => {
    expect(gangVerdict(['failed', 'ended'], { retries: 0, losses: 9 })).toBe('failed');
    expect(gangVerdict(['lost', 'ended'], { retries: 0, losses: 9 })).toBe('try again');
    expect(gangVerdict(['lost', 'ended'], { retries: 9, losses: 0 })).toBe('failed');
    expect(gangFault(['lost', 'failed', 'ended'])).toBe('failed');
  });

  it('comes to an end: whatever the members do, one that is neither out nor at fault is finished', () => {
    const states: MemberState[] = ['starting', 'running', 'finished', 'failed', 'lost', 'refused', 'ended'];
    const members = fc.array(fc.constantFrom(...states), { minLength: 1 });
    fc.assert(
      fc.property(members, (given) => {
        const isOut = given.some((state) => state === 'starting' || state === 'running');
        const isFinal = ['finished', 'try again', 'failed'].includes(gangVerdict(given, tries));
        expect(isFinal).toBe(!isOut);
        expect(gangVerdict(given, tries) === 'finished').toBe(given.every((state) => state === 'finished'));
      }),
    );
  });
});

describe('memberState', () => {
  it('waits for attempts that may come back, until the scheduler has given them up', () => {
    for (const state of ['TASK_UNREACHABLE', 'TASK_LOST', 'TASK_UNKNOWN', 'TASK_GONE_BY_OPERATOR'] as const) {
      expect([memberState(state), memberState(state, { givenUp: true })]).toEqual(['running', 'lost']);
    }
    expect(memberState('TASK_STAGING', { givenUp: true })).toBe('lost');
  });

  it('does not blame an attempt for its end that was asked to end', () => {
    for (const state of ['TASK_KILLED', 'TASK_FAILED', 'TASK_GONE', 'TASK_DROPPED'] as const) {
      expect(memberState(state, { asked: true })).toBe('ended');
    }
    expect([memberState('TASK_KILLED'), memberState('TASK_FAILED')]).toEqual(['lost', 'failed']);
  });

  it('knows every state of an attempt', () => {
    const states = attemptStates.map((state) => memberState(state));
    expect(states).toEqual([
      'starting',
      'starting',
      'running',
      'running',
      'finished',
      'failed',
      'lost',
      'refused',
      'running',
      'lost',
      'running',
      'lost',
      'running',
      'running',
    ]);
  });
});
