import { describe, expect, it } from 'vitest';
import { outcomeOfShell, usedTooMuchMemory, wasKilled } from './outcome.ts';

const killed = { status: null, signal: 'SIGKILL' } as const;

describe('outcomeOfShell', () => {
  it('believes the record, because a shell kills itself after it has written it', () => {
    const life = { kind: 'ended', end: { kind: 'exited', status: 0 } } as const;
    expect(outcomeOfShell(life, killed, undefined)).toMatchObject({ state: 'TASK_FINISHED', exitCode: 0 });
  });

  it('lets a verdict decide the state, and the end of the command the message', () => {
    const life = { kind: 'ended', end: { kind: 'exited', status: 0 } } as const;
    expect(outcomeOfShell(life, killed, { state: 'TASK_KILLED' })).toEqual({
      state: 'TASK_KILLED',
      message: 'Command exited with status 0',
    });
    expect(outcomeOfShell({ kind: 'none' }, undefined, usedTooMuchMemory(70, 64))).toMatchObject({
      state: 'TASK_FAILED',
      message: 'The attempt used 70 MiB of memory, and 64 MiB are allowed',
    });
  });

  it('takes the exit status of the shell where there is no record any more', () => {
    expect(outcomeOfShell({ kind: 'none' }, { status: 4, signal: null }, undefined).exitCode).toBe(4);
  });

  it('tells that a command was not started if its shell could not write the record', () => {
    const outcome = outcomeOfShell({ kind: 'starting' }, { status: 125, signal: null }, undefined);
    expect(outcome).toMatchObject({ state: 'TASK_FAILED', reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
  });

  it('tells the signal that ended the shell', () => {
    const outcome = outcomeOfShell({ kind: 'starting' }, killed, undefined);
    expect(outcome).toEqual({ state: 'TASK_FAILED', message: 'Command terminated with signal Killed' });
    expect(wasKilled).toEqual({ kind: 'signalled', signal: 9 });
  });

  it('does not make up an end that cannot be read', () => {
    const outcome = outcomeOfShell({ kind: 'unreadable', message: 'EMFILE' }, killed, undefined);
    expect(outcome).toMatchObject({ state: 'TASK_FAILED', message: expect.stringContaining('EMFILE') });
  });
});
