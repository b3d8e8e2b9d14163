import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MesosError } from '../mesos-error.ts';
import { pauseBeforeRetry, recoveryTimedOut } from './recovery.ts';

describe('pauseBeforeRetry', () => {
  it('leaves room for two tries within the longest pause, and never is nothing', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 60_000, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (maximum, random) => {
          const pause = pauseBeforeRetry(maximum, random);
          expect(pause).toBeGreaterThanOrEqual(10);
          expect(pause).toBeLessThanOrEqual(Math.max(10, maximum / 2));
        },
      ),
    );
  });
});

describe('recoveryTimedOut', () => {
  const reason = new MesosError('CONNECTION_LOST', 'http://a:1: connection refused');

  it('says for how long the agent was waited for, and why in vain', () => {
    expect(recoveryTimedOut(60_000, reason).message).toBe(
      '[RECOVERY_TIMED_OUT] the agent did not come back within 60 s (http://a:1: connection refused)',
    );
  });

  it('says that none is waited for without checkpointing', () => {
    expect(recoveryTimedOut(0, reason).message).toContain('without checkpointing none is waited for');
  });
});
