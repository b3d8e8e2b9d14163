import { describe, expect, it } from 'vitest';
import { poolEventSchema } from './event-schema.ts';

const started = { kind: 'started', at: 1, pilot: 'gm-mine-main-abcd2345', startedAt: 1, endsAt: 2 };

describe('a line of the journal', () => {
  it('may leave out what is not known, and keeps nothing that is no part of it', () => {
    expect(poolEventSchema.parse({ ...started, more: 'than known' })).toEqual(started);
  });

  it.each([
    ['of no known kind', { ...started, kind: 'begun' }],
    ['without a pilot', { ...started, pilot: '' }],
    ['with a value of another type', { ...started, endsAt: '2' }],
    ['with something said to be undefined', { ...started, node: undefined }],
    [
      'with an end of no known class',
      { kind: 'ended', at: 1, pilot: 'a', class: 'tired', text: '', isGone: true },
    ],
  ])('is refused %s', (_what, line) => {
    expect(poolEventSchema.safeParse(line).success).toBe(false);
  });
});
