import { expect, it } from 'vitest';
import { exitCodes } from './exit-codes.ts';

it('has the numbers that scripts rely on', () => {
  expect(exitCodes).toEqual({ ok: 0, failed: 1, usage: 2, interrupted: 130 });
});
