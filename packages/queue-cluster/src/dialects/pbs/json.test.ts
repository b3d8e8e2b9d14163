import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPbsJson } from './json.ts';

describe('JSON of PBS', () => {
  const job = (variable: string) =>
    `{\n\t"pbs_server":\t"host",\n\t"Jobs":\t{\n\t\t"1.host":\t{\n\t\t\t"job_state":\t"R",\n\t\t\t"Variable_List":\t{\n\t\t\t\t"A":\t"a",\n\t\t\t\t"B":\t${variable},\n\t\t\t\t"C":\t"c"\n\t\t\t},\n\t\t\t"comment":\t"fine"\n\t\t}\n\t}\n}\n`;

  it.each([
    ['a backslash before a quote that needs none', `"\\'x\\'"`],
    ['a backslash before a comma', '"ab\\,c"'],
    ['quotes that are not marked', '"say "hello" to me"'],
    ['digits that are no number', '005'],
    ['a function of bash on several lines', '"() {  if true; then\n echo "x",\n fi\n}"'],
    ['a function with braces that stand alone', '"() {\n{\n echo x\n}\n}"'],
  ])('is understood with %s', (_, variable) => {
    expect(readPbsJson(job(variable))).toMatchObject({
      Jobs: { '1.host': { job_state: 'R', Variable_List: { A: 'a', C: 'c' }, comment: 'fine' } },
    });
  });

  it('is understood whatever stands in a variable, or not at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab"\\,:{}\n\t 0') }), (value) => {
        const read = readPbsJson(job(`"${value}"`));
        if (read !== undefined)
          expect(read).toMatchObject({ Jobs: { '1.host': { job_state: 'R', comment: 'fine' } } });
      }),
    );
  });

  it('is not understood where its end is missing', () => {
    const whole = job('005').trimEnd();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        expect(readPbsJson(whole.slice(0, length))).toBeUndefined();
      }),
    );
  });
});
