import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { extensionOf, leadsInside, normalPath, resolvedPath } from './paths.ts';

const file = fc
  .array(fc.constantFrom('..', '.', '', 'a', 'b.c', '.d', 'e.f.g', 'h.', '...', ' '), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join('/'));

/** Node keeps a slash at the end of what it normalizes. */
const withoutEnd = (text: string): string => (text.length > 1 ? text.replace(/\/$/, '') : text);

describe('paths', () => {
  test('are made normal as Node does it', () => {
    fc.assert(
      fc.property(file, (text) => {
        expect(normalPath(text)).toBe(withoutEnd(path.posix.normalize(text)));
      }),
    );
  });

  test('are resolved as Node does it', () => {
    fc.assert(
      fc.property(file, (text) => {
        expect(resolvedPath('/a/b', text)).toBe(path.posix.resolve('/a/b', text));
      }),
    );
  });

  test('have the extension that Node sees', () => {
    fc.assert(
      fc.property(file, (text) => {
        expect(extensionOf(text)).toBe(path.posix.extname(text));
      }),
    );
  });

  it.each(['a', './a', 'a/../b', 'a/b', '...', '..a'])('lead inside by %j', (text) => {
    expect(leadsInside(text)).toBe(true);
  });

  it.each(['', '.', '..', '/a', 'a/..', '../a', 'a/../../b', '/'])('do not lead inside by %j', (text) => {
    expect(leadsInside(text)).toBe(false);
  });
});
