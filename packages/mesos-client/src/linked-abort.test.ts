import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { linkAbort } from './linked-abort.ts';

const listenersOf = (source: AbortController): number => getEventListeners(source.signal, 'abort').length;

describe('linkAbort', () => {
  it('fires with the first of its signals, for its reason', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const { signal } = linkAbort(first.signal, undefined, second.signal);
    expect(signal.aborted).toBe(false);
    second.abort('second');
    first.abort('first');
    expect(signal.reason).toBe('second');
  });

  it('has fired where one of its signals has', () => {
    expect(linkAbort(new AbortController().signal, AbortSignal.abort('before')).signal.reason).toBe('before');
  });

  it('fires by itself without firing the others', () => {
    const source = new AbortController();
    const linked = linkAbort(source.signal);
    linked.abort('own');
    expect(linked.signal.reason).toBe('own');
    expect(source.signal.aborted).toBe(false);
  });

  it('leaves nothing at its signals once it is released', () => {
    const source = new AbortController();
    const linked = linkAbort(source.signal);
    expect(listenersOf(source)).toBe(1);
    linked.release();
    expect(listenersOf(source)).toBe(0);
    source.abort();
    expect(linked.signal.aborted).toBe(false);
  });
});
