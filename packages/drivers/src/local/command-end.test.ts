import { describe, expect, it } from 'vitest';
import { describeEnd, endFromShell } from './command-end.ts';

describe('describeEnd', () => {
  it.each([
    [{ kind: 'exited', status: 0 }, 'Command exited with status 0'],
    [{ kind: 'exited', status: 3 }, 'Command exited with status 3'],
    [{ kind: 'signalled', signal: 9 }, 'Command terminated with signal Killed'],
    [{ kind: 'signalled', signal: 15 }, 'Command terminated with signal Terminated'],
    [{ kind: 'signalled', signal: 6 }, 'Command terminated with signal Aborted'],
    [{ kind: 'signalled', signal: 63 }, 'Command terminated with signal 63'],
  ] as const)('uses the words of Mesos for %o', (end, words) => {
    expect(describeEnd(end)).toBe(words);
  });
});

describe('endFromShell', () => {
  it('takes a status above 128 for a signal only if the shell has printed its message', () => {
    expect(endFromShell(137, true)).toEqual({ kind: 'signalled', signal: 9 });
    expect(endFromShell(137, false)).toEqual({ kind: 'exited', status: 137 });
  });

  it('knows that shells are silent about SIGINT and SIGPIPE', () => {
    expect(endFromShell(130, false)).toEqual({ kind: 'signalled', signal: 2 });
    expect(endFromShell(141, false)).toEqual({ kind: 'signalled', signal: 13 });
  });

  it('takes a status up to 128 for an exit, whatever was printed', () => {
    expect(endFromShell(2, true)).toEqual({ kind: 'exited', status: 2 });
    expect(endFromShell(128, true)).toEqual({ kind: 'exited', status: 128 });
  });
});
