import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitAtPath } from './split-at-path.ts';

describe('splitting a text at a path', () => {
  const path = '/srv/jobs/7';

  it.each([
    [`cat ${path}/inputs/a`, ['cat ', '/inputs/a']],
    [`-I${path} "${path}"`, ['-I', ' "', '"']],
    [`${path}.`, ['', '.']],
    [`${path}.. ${path}.x ${path}2 ${path}-b ${path}ü`, undefined],
    [`/mnt${path} ./x${path}`, undefined],
    [`${path}${path}`, ['', path]],
    [`//${path}`, ['//', '']],
    ['nothing', undefined],
    ['', undefined],
  ])('takes whole paths alone: %j', (text, pieces) => {
    expect(splitAtPath(text, path)).toEqual(pieces ?? [text]);
  });

  it('loses nothing', () => {
    const text = fc.array(fc.oneof(fc.constant(path), fc.string({ unit: 'binary', maxLength: 4 })));
    fc.assert(
      fc.property(text, (parts) => {
        expect(splitAtPath(parts.join(''), path).join(path)).toBe(parts.join(''));
      }),
    );
  });
});
