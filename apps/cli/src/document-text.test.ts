import { parseSplitPlan } from '@galaxy-mesos/galaxy-jobs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocumentText, withPlaces } from './document-text.ts';
import { UsageError } from './usage-error.ts';

const yaml = `split:
  - when: mesos
    strategy: regions
    input: reads
  - whole: yes
    parameter: {}
merge: concat
`;

const planOf = (text: string) => {
  const document = readDocumentText(text, 'plan.yml');
  return withPlaces(document, () => parseSplitPlan(document.value));
};

describe('readDocumentText', () => {
  it('reads YAML, and JSON to the same values', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        if (value === null) return;
        expect(readDocumentText(JSON.stringify(value), 'x').value).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(readDocumentText('a: [1, "b"] # c\nd:\n  e: true', 'x').value).toEqual({
      a: [1, 'b'],
      d: { e: true },
    });
  });

  it('names the places of all fields that are wrong', () => {
    expect(() => planOf(yaml)).toThrow(
      /^plan\.yml:5:12: split\[1\]\.whole: .*\nplan\.yml:6:16: split\[1\]\.parameter: there is no such field; did you mean parameters\?$/,
    );
    expect(() => planOf('{"split": {\n"strategy": 3}}')).toThrow(
      'plan.yml:2:13: split.strategy: 3 cannot be',
    );
    expect(() => planOf('merge: concat')).toThrow('plan.yml:1:1: split: is missing');
  });

  it.each([
    ['split:\n  - a\n - b', /^plan\.yml:3:\d: .*\nplan\.yml:3:2: /],
    ['{"split": ', /^plan\.yml:1:11: /],
    ['a: 1\na: 2', /^plan\.yml:2:1: /],
    ['\t\n', /^plan\.yml: is empty/],
    ['\u0000\u0001', /^plan\.yml: is no text in UTF-8/],
    ['a: *b', /^plan\.yml: /],
  ])('refuses %j', (text, message) => {
    expect(() => planOf(text)).toThrow(message);
  });

  it('answers any text, with a value or a mistake', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          planOf(text);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });
});
