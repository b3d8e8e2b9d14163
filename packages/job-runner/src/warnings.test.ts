import { expect, test } from 'vitest';
import { warningOf } from './warnings.ts';

test('what is lost on the way to the cluster is told with its cause', () => {
  expect(warningOf({ type: 'disconnected', message: 'the master went away' })).toMatch(
    /connecting again: the master went away$/,
  );
  expect(warningOf({ type: 'call-failed', call: 'kill', error: new Error('reset') })).toMatch(
    /\(kill\).*: reset$/,
  );
});

test('trouble that does not end the job is told of', () => {
  const full = new Error('the disk is full');
  expect(warningOf({ type: 'store-trouble', error: full })).toMatch(/: the disk is full$/);
  expect(warningOf({ type: 'store-trouble' })).toBeUndefined();
  const agent = { agentId: 'S0', hostname: 'node-1' };
  expect(warningOf({ type: 'agent-avoided', ...agent, seconds: 60 })).toMatch(/on node-1: .* for 60 s$/);
  const stranger = { attemptId: 'x-1', agentId: 'S0', state: 'TASK_RUNNING' } as const;
  expect(warningOf({ type: 'unknown-attempt', ...stranger, action: 'kill' })).toMatch(/x-1.*: it is ended$/);
  expect(warningOf({ type: 'unknown-attempt', ...stranger, action: 'leave' })).toMatch(/left alone$/);
});

test('maintenance is told of where tasks will still run then', () => {
  const plan = { type: 'maintenance', agentId: 'S0', unavailability: { start: 0 } } as const;
  expect(warningOf({ ...plan, answer: 'accept', stillRunning: 0 })).toBeUndefined();
  expect(warningOf({ ...plan, answer: 'decline', stillRunning: 2 })).toBe(
    'agent S0 is to be taken down at 1970-01-01T00:00:00.000Z, when 2 of the tasks there will still run',
  );
});

test('what goes as it should is no warning', () => {
  expect(warningOf({ type: 'subscribed', frameworkId: 'f-1' })).toBeUndefined();
});
