import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.ts';

describe('the lines of a stream', () => {
  it('are told whole, however they come, without what follows the last one', async () => {
    const lines = linesOf(Readable.from(['a', 'b\nc\n', '\nrest']));
    expect(await Array.fromAsync(lines)).toEqual(['ab', 'c', '']);
  });

  it('may not be longer than what is meant', async () => {
    const lines = linesOf(Readable.from(['ab\n', 'abc', 'd\n']), 3);
    expect((await lines.next()).value).toBe('ab');
    await expect(lines.next()).rejects.toThrow('at most 3 characters');
  });
});
