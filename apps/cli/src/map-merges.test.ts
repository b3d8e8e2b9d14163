import { describe, expect, it } from 'vitest';
import { mergesOfWishes } from './map-merges.ts';

const reduce = 'sort -m {parts} > {output}';

describe('mergesOfWishes', () => {
  it('are one for each step, the reduction of the innermost', () => {
    expect(mergesOfWishes({})).toBeUndefined();
    expect(mergesOfWishes({ merge: ['sum'], mergeSet: ['value=2'] })).toEqual([
      { merge: 'sum', parameters: { value: 2 } },
    ]);
    expect(mergesOfWishes({ merge: ['collection', 'concat'] })).toEqual([
      { merge: 'collection' },
      { merge: 'concat' },
    ]);
    expect(mergesOfWishes({ merge: ['collection'], reduce })).toEqual([
      { merge: 'collection' },
      { reduce, arity: 8 },
    ]);
    expect(mergesOfWishes({ reduce, arity: 3 })).toEqual([{ reduce, arity: 3 }]);
  });

  it.each([
    [{ mergeSet: ['a=1'] }, '--merge-set: say which merge with one --merge'],
    [{ mergeSet: ['a=1'], merge: ['a', 'b'] }, 'where there are several, give them in a --plan'],
    [{ arity: 2 }, '--arity: say with --reduce by which command results are reduced'],
    [{ reduce: 'cat > {output}' }, 'expected a command that mentions {parts}'],
  ])('refuses %j', (wishes, message) => {
    expect(() => mergesOfWishes(wishes)).toThrow(message);
  });
});
