import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sanitize, sanitizeName } from './sanitize.ts';

const anyText = fc.string({ unit: 'binary' });

test('characters with a spelling are spelled and all others become X', () => {
  expect(sanitize(`a>b<c'd"e[f]g{h}i@j\nk\rl\tm#n`)).toBe(
    'a__gt__b__lt__c__sq__d__dq__e__ob__f__cb__g__oc__h__cc__i__at__j__cn__k__cr__l__tc__m__pd__n',
  );
  expect(sanitize('$rm -rf `x`; a|b & c\\d %é€😀~')).toBe('Xrm -rf XxXX aXb X cXd XXXXX');
});

test('harmless text stays as it is', () => {
  const harmless = 'Ab9 -=_.()/+*^,:?!';
  expect(sanitize(harmless)).toBe(harmless);
});

test('sanitising twice changes nothing more', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(sanitize(sanitize(text))).toBe(sanitize(text));
    }),
  );
});

test('whatever the text, a shell gets it out of single or double quotes as it was put in', () => {
  const texts = fc.sample(anyText, 200).map(sanitize);
  const script = texts.map((text) => `printf '%s\\n' '${text}' "${text}"`).join('\n');
  const lines = execFileSync('/bin/sh', ['-c', script]).toString().split('\n').slice(0, -1);
  expect(lines).toEqual(texts.flatMap((text) => [text, text]));
});

test('names of datasets keep @', () => {
  expect(sanitizeName('reads@lane #1')).toBe('reads@lane __pd__1');
});
