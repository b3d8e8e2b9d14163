import { describe, expect, it } from 'vitest';
import { quoteWhereNeeded } from './quote-where-needed.ts';

describe('quoteWhereNeeded', () => {
  it.each(['input.fa', '/data/a-b_c=1,2:3@x%+', '--cpus'])('leaves %s as it is', (word) => {
    expect(quoteWhereNeeded(word)).toBe(word);
  });

  it.each(['', 'a b', 'ü', '~', '*', '{input}', 'a\nb', '$x'])('quotes %j', (word) => {
    expect(quoteWhereNeeded(word)).toBe(`'${word}'`);
  });
});
