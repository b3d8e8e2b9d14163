import { describe, expect, it } from 'vitest';
import { exitMessage } from './exit-message.ts';

describe('exitMessage', () => {
  it.each([
    [{ code: 0, signal: null }, 'Command exited with status 0'],
    [{ code: 3, signal: null }, 'Command exited with status 3'],
    [{ code: null, signal: 'SIGKILL' }, 'Command terminated with signal Killed'],
    [{ code: null, signal: 'SIGSEGV' }, 'Command terminated with signal Segmentation fault'],
    [{ code: null, signal: 'SIGURG' }, 'Command terminated with signal SIGURG'],
  ] as const)('says of %j: %s', (exit, message) => {
    expect(exitMessage(exit)).toBe(message);
  });
});
