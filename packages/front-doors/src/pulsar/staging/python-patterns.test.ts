import { describe, expect, test } from 'vitest';
import { fitsGlob, startsLike } from './python-patterns.ts';

describe('startsLike', () => {
  // Each was tried with re.match of Python 3.11.
  test.each([
    ['primary_.*|galaxy.json|metadata_.*', 'galaxy.json', true],
    ['primary_.*|galaxy.json', 'x/galaxy.json', false],
    ['dataset_\\d+\\.dat', 'dataset_12.dat.tmp', true],
    ['(?P<name>.*)\\.(?P<ext>[^\\.]+)?', 'a.tar.gz', true],
    ['(?P<designation>.+)\\.txt\\Z', 'a.txt2', false],
    ['(?P<a>x)(?P=a)', 'xx', true],
    ['\\_a\\-b\\%', '_a-b%', true],
    ['a.b', 'a\nb', false],
    ['[^_]+_\\w', 'ä_1', true],
    ['(?i)OUT', 'output', true],
  ])('%s, %j: %s', (pattern, text, expected) => {
    expect(startsLike(pattern, text)).toBe(expected);
  });

  test('a pattern that takes for ever is given up', () => {
    expect(() => startsLike('(a+)+$', `${'a'.repeat(60)}b`)).toThrow('cannot be used');
  });

  test('a pattern that is none is named', () => {
    expect(() => startsLike('(unclosed', 'x')).toThrow('"(unclosed" cannot be used');
  });
});

describe('fitsGlob', () => {
  // Each was tried with fnmatch of Python 3.11.
  test.each([
    ['/cool/**/*.bam', '/cool/a/b.bam', true],
    ['/cool/*.bam', '/cool/a/b.bam', true],
    ['/cool/*.bam', '/cool/b.bam.bai', false],
    ['out?.txt', 'out1.txt', true],
    ['out[0-9].txt', 'out7.txt', true],
    ['out[!0-9].txt', 'out7.txt', false],
    ['a+b(c).txt', 'a+b(c).txt', true],
    ['a-b_c~d#e', 'a-b_c~d#e', true],
  ])('%s, %s: %s', (glob, text, expected) => {
    expect(fitsGlob(glob, text)).toBe(expected);
  });
});
