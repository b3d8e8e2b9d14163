import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { after, Poll } from './timers.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('after', () => {
  it('waits longer than a timer of Node can', () => {
    const days = 60 * 24 * 3600 * 1000;
    const called = vi.fn();
    after(days, called);
    vi.advanceTimersByTime(days - 1);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(called).toHaveBeenCalledOnce();
  });

  it('does not call back once cancelled', () => {
    const called = vi.fn();
    after(10, called)();
    vi.advanceTimersByTime(100);
    expect(called).not.toHaveBeenCalled();
  });
});

describe('Poll', () => {
  it('looks until there is nothing left to look at, and again when woken', () => {
    const look = vi.fn(() => look.mock.calls.length % 3 !== 0);
    const poll = new Poll({ intervalMilliseconds: 100, keepsAlive: false, look });
    poll.wake();
    poll.wake();
    vi.advanceTimersByTime(10_000);
    expect(look).toHaveBeenCalledTimes(3);
    poll.wake();
    vi.advanceTimersByTime(10_000);
    expect(look).toHaveBeenCalledTimes(6);
    poll.wake();
    poll.sleep();
    vi.advanceTimersByTime(10_000);
    expect(look).toHaveBeenCalledTimes(6);
  });
});
