import { expect, test } from 'vitest';
import { warningOf } from './warnings.ts';

test('what is lost on the way to the cluster is told with its cause', () => {
  expect(warningOf({ type: 'disconnected', message: 'the master went away' })).toBe(
    'connection lost, connecting again (what runs goes on meanwhile): the master went away',
  );
  expect(warningOf({ type: 'call-failed', call: 'kill', error: new Error('reset') })).toBe(
    'a message to the cluster (kill) was not taken; it is seen to again: reset',
  );
});

test('a job database that cannot be written is told of once', () => {
  const full = new Error('the disk is full');
  expect(warningOf({ type: 'store-trouble', error: full })).toBe(
    'the job database cannot be written, and no task is started until it can: the disk is full',
  );
  expect(warningOf({ type: 'store-trouble' })).toBeUndefined();
});

test.each([
  [60, '60 s'],
  [0.2, '1 s'],
  [119, '119 s'],
  [120, '2 min'],
  [3600, '60 min'],
])('an agent that is avoided for %d s is told of by its name', (seconds, words) => {
  expect(warningOf({ type: 'agent-avoided', agentId: 'S0', hostname: 'node-1', seconds })).toBe(
    `too many tasks failed on node-1, one after the other: no more are started there for ${words}`,
  );
});

test('what the cluster runs and nobody knows is told of, with what becomes of it', () => {
  const stranger = { attemptId: 'x-1', agentId: 'S0', state: 'TASK_RUNNING' } as const;
  expect(warningOf({ type: 'unknown-attempt', ...stranger, action: 'kill' })).toBe(
    'the cluster runs x-1 on agent S0, of which the job database knows nothing: it is ended',
  );
  expect(warningOf({ type: 'unknown-attempt', ...stranger, agentId: '', action: 'leave' })).toBe(
    'the cluster runs x-1, of which the job database knows nothing: it is left alone',
  );
});

test('maintenance is told of where tasks will still run then', () => {
  const plan = { type: 'maintenance', agentId: 'S0', unavailability: { start: 0 } } as const;
  expect(warningOf({ ...plan, answer: 'accept', stillRunning: 0 })).toBeUndefined();
  expect(warningOf({ ...plan, answer: 'decline', stillRunning: 2 })).toBe(
    'agent S0 is to be taken down at 1970-01-01T00:00:00.000Z, when 2 tasks there may still run; what is ended by that is tried again elsewhere',
  );
  const all = {
    type: 'maintenance',
    unavailability: { start: 0 },
    answer: 'decline',
    stillRunning: 1,
  } as const;
  expect(warningOf(all)).toMatch(/^the cluster is to be taken down .* when 1 task there may still run/);
});

test('what goes as it should is no warning', () => {
  expect(warningOf({ type: 'subscribed', frameworkId: 'f-1' })).toBeUndefined();
});
