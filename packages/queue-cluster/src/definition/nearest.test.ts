import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

describe('nearest', () => {
  it.each([
    ['walltme', 'walltime'],
    ['Wall_time', 'walltime'],
    ['keep-alive', 'keep_alive'],
    ['mme', 'mem'],
  ])('finds what %s was meant to be', (word, meant) => {
    expect(nearest(word, ['mem', 'walltime', 'keep_alive'])).toBe(meant);
  });

  it('does not guess at what is far from all', () => {
    expect(nearest('colour', ['mem', 'walltime'])).toBeUndefined();
    expect(nearest('x', ['on'])).toBeUndefined();
  });
});
