import { expect, test } from 'vitest';
import { warningOf } from './warnings.ts';

const resources = { cpus: 4, mem: 2048, disk: 0 };
const offered = { cpus: 1, mem: 512, disk: 10 };

test('tasks that fit no offer are told of with what they ask for and what there is', () => {
  expect(warningOf({ type: 'unplaced', tasks: 3, resources, offered })).toBe(
    '3 tasks wait, each for 4 cpus, 2048 MiB of memory, 0 MiB of disk; the most that is offered at once is ' +
      '1 cpu, 512 MiB of memory, 10 MiB of disk: wait until more is free, or ask for less',
  );
  expect(warningOf({ type: 'unplaced', tasks: 1, resources, offered })).toMatch(/^1 task waits for 4 cpus/);
});

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
