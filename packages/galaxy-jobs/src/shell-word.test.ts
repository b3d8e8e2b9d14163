import { describe, expect, it } from 'vitest';
import { quotedWhereNeeded } from './shell-word.ts';

describe('quotedWhereNeeded', () => {
  it.each(['input.fa', '/data/a-b_c=1,2:3@x%+', '--cpus'])('leaves %s as it is', (word) => {
    expect(quotedWhereNeeded(word)).toBe(word);
  });

  it.each(['', 'a b', 'ü', '~', '*', '{input}', 'a\nb', '$x'])('quotes %j', (word) => {
    expect(quotedWhereNeeded(word)).toBe(`'${word}'`);
  });
});
