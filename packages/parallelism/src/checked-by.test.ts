import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkedBy } from './checked-by.ts';

const strategy = { parameters: z.strictObject({ format: z.string(), size: z.int().exactOptional() }) };

test.each([
  [
    { fromat: 'x' },
    'strategy s: format: Invalid input: expected string, received undefined; there is no parameter "fromat"; did you mean format?',
  ],
  [{ format: 'x', colour: 1, size: 'y' }, 'there is no parameter "colour"; there are: format, size'],
])('%j is refused', (given, message) => {
  expect(() => checkedBy(strategy, 'strategy s', given)).toThrow(message);
});
