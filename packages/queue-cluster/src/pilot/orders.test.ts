import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOrders, printOrders } from './orders.ts';

const orders = fc.record(
  {
    token: fc.stringMatching(/^[0-9a-f]{1,32}$/),
    keep: fc.boolean(),
    drain: fc.boolean(),
    stop: fc.boolean(),
  },
  { noNullPrototype: true },
);

describe('orders', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(orders, (written) => {
        expect(parseOrders(printOrders(written))).toStrictEqual(written);
      }),
    );
  });

  it('that were cut anywhere are none', () => {
    fc.assert(
      fc.property(orders, fc.nat(), (written, length) => {
        const text = printOrders(written);
        expect(parseOrders(text.slice(0, length % text.length))).toBeUndefined();
      }),
    );
  });

  it('are none, whatever is in a file that nobody wrote so', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseOrders(`${text}\nstop=1\n`)).toBeUndefined();
      }),
    );
  });
});
