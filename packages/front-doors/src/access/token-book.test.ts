import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBook } from './token-book.ts';

const book = new TokenBook([
  { name: 'galaxy', token: 'first-token', isAdmin: false },
  { name: 'root', token: 'second-token', isAdmin: true },
  { name: 'late', token: 'first-token', isAdmin: true },
]);

describe('a book of tokens', () => {
  it('tells whose a token is; of equal ones the first counts', () => {
    expect(book.holderOf('first-token')).toEqual({ name: 'galaxy', isAdmin: false });
    expect(book.holderOf('second-token')).toEqual({ name: 'root', isAdmin: true });
  });

  it('knows nobody by any other text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('first-toke', 'first-token ', 'FIRST-TOKEN')),
        (token) => {
          fc.pre(!['first-token', 'second-token'].includes(token));
          expect(book.holderOf(token)).toBeUndefined();
        },
      ),
    );
  });

  it('takes other tokens in place of those it had', () => {
    const changing = new TokenBook([]);
    expect(changing.isEmpty).toBe(true);
    changing.replace([{ name: 'galaxy', token: 'old', isAdmin: false }]);
    changing.replace([{ name: 'galaxy', token: 'new', isAdmin: false }]);
    expect(changing.isEmpty).toBe(false);
    expect(changing.holderOf('old')).toBeUndefined();
    expect(changing.holderOf('new')?.name).toBe('galaxy');
  });

  it('tells each time that it took others, as long as somebody listens', () => {
    const changing = new TokenBook([]);
    let told = 0;
    const stop = changing.onReplace(() => told++);
    changing.replace([]);
    changing.replace([]);
    stop();
    changing.replace([]);
    expect(told).toBe(2);
  });
});
