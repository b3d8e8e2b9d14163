import { readdirSync, readFileSync } from 'node:fs';
import { createCodec, type mesos } from '@galaxy-mesos/mesos-client';
import { describe, expect, it } from 'vitest';
import { attemptUpdate } from './status.ts';

const recordings = new URL('../../../../test-fixtures/mesos-1.11.0/', import.meta.url);

interface RecordedLine {
  readonly response?: {
    readonly records?: readonly {
      readonly type?: string;
      readonly update?: { readonly status: RecordedStatus };
    }[];
  };
}

type RecordedStatus = Omit<mesos.TaskStatus, 'uuid'> & { readonly uuid?: string };

/** Every status that a real master sent to the schedulers of the recordings. */
const recorded: mesos.TaskStatus[] = readdirSync(recordings)
  .filter((name) => name.endsWith('.jsonl'))
  .flatMap((name) => readFileSync(new URL(name, recordings), 'utf8').trim().split('\n'))
  .flatMap((line) => (JSON.parse(line) as RecordedLine).response?.records ?? [])
  .flatMap(({ type, update }) => (type === 'UPDATE' && update ? [update.status] : []))
  .map(({ uuid, ...status }) => ({ ...status, ...(uuid && { uuid: Buffer.from(uuid, 'base64') }) }));

const withMessage = (message: string): mesos.TaskStatus => {
  const found = recorded.find((status) => status.message === message);
  if (!found) throw new Error(`No status was recorded with the message ${message}`);
  return found;
};

const sandboxOf = (attemptId: string, agentId: string): string => `sandbox of ${attemptId} on ${agentId}`;

const updateOf = (status: mesos.TaskStatus) => attemptUpdate(status, sandboxOf, 5000);

describe('attemptUpdate', () => {
  it.each([
    ['Command exited with status 0', 'TASK_FINISHED', 0],
    ['Command exited with status 3', 'TASK_FAILED', 3],
    ['Command exited with status 7', 'TASK_FAILED', 7],
  ])('reads the exit code in "%s"', (message, state, exitCode) => {
    expect(updateOf(withMessage(message))).toMatchObject({ message, state, exitCode });
  });

  it.each([
    'Command terminated with signal Killed',
    'Command terminated with signal Terminated',
    'Executor terminated',
    'Reconciliation: Latest task state',
  ])('knows no exit code from "%s"', (message) => {
    expect(updateOf(withMessage(message))).not.toHaveProperty('exitCode');
  });

  it('reads the exit code also where a container tells it, or more is said', () => {
    const status = withMessage('Command exited with status 3');
    expect(updateOf({ ...status, message: 'Container exited with status 255' }).exitCode).toBe(255);
    expect(updateOf({ ...status, message: 'Command exited with status 12 (pid: 9)' }).exitCode).toBe(12);
  });

  it('tells no exit code of a command that was ended, though it exited by itself then', () => {
    const status = withMessage('Command exited with status 3');
    expect(updateOf({ ...status, state: 'TASK_KILLED' })).not.toHaveProperty('exitCode');
    const tooLong = { ...status, reason: 'REASON_MAX_COMPLETION_TIME_REACHED' } as const;
    expect(updateOf(tooLong)).not.toHaveProperty('exitCode');
  });

  it('asks for an acknowledgement exactly where an agent or executor sent the update', () => {
    expect(recorded.length).toBeGreaterThan(200);
    for (const status of recorded) {
      const { acknowledgement } = updateOf(status);
      expect(acknowledgement === undefined, JSON.stringify(status)).toBe(status.source === 'SOURCE_MASTER');
      if (acknowledgement) expect(Buffer.from(acknowledgement, 'base64')).toHaveLength(16);
    }
  });

  it('tells of a sandbox only where the attempt had one', () => {
    expect(updateOf(withMessage('Command exited with status 3')).sandbox).toMatch(
      /^sandbox of .+ on .+-S\d+$/,
    );
    const without = recorded.filter((status) => updateOf(status).sandbox === undefined);
    const states = new Set(without.map(({ state }) => state));
    expect([...states].sort()).toEqual([
      'TASK_DROPPED',
      'TASK_ERROR',
      'TASK_GONE',
      'TASK_GONE_BY_OPERATOR',
      'TASK_LOST',
      'TASK_UNKNOWN',
      'TASK_UNREACHABLE',
    ]);
  });

  it('does without agent, time and words', () => {
    const bare: mesos.TaskStatus = { task_id: { value: 'a' }, state: 'TASK_UNKNOWN', uuid: new Uint8Array() };
    expect(updateOf(bare)).toEqual({ attemptId: 'a', state: 'TASK_UNKNOWN', timestamp: 5000 });
  });

  it('takes a state of a later Mesos for unknown, and has it acknowledged', () => {
    const codec = createCodec('json', 'mesos.v1.TaskStatus');
    const json = { task_id: { value: 'a' }, agent_id: { value: 'b' }, state: 'TASK_NOVEL', uuid: 'AAEC' };
    expect(updateOf(codec.decode(Buffer.from(JSON.stringify(json))))).toEqual({
      attemptId: 'a',
      agentId: 'b',
      state: 'TASK_UNKNOWN',
      timestamp: 5000,
      message: expect.stringContaining('does not know'),
      acknowledgement: 'AAEC',
    });
  });

  it('tells the time in milliseconds', () => {
    const status: mesos.TaskStatus = { task_id: { value: 'a' }, state: 'TASK_RUNNING', timestamp: 1.2345 };
    expect(updateOf(status).timestamp).toBe(1235);
  });
});
