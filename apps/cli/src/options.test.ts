import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amount, collect, type WorkOptions, wholeNumber, workOptions } from './options.ts';

describe('wholeNumber', () => {
  it('reads every whole number that is large enough', () => {
    fc.assert(
      fc.property(fc.nat(), (number) => {
        expect(wholeNumber(0)(String(number))).toBe(number);
      }),
    );
  });

  it.each(['0', '-1', '1.5', '1e3', '0x10', '', ' 1', 'NaN', 'Infinity', '99999999999999999999', '１'])(
    'refuses %j where 1 is the least',
    (text) => {
      expect(() => wholeNumber(1)(text)).toThrow('Expected a whole number of at least 1.');
    },
  );
});

describe('amount', () => {
  it.each([
    ['1', 1],
    ['0.5', 0.5],
    ['.125', 0.125],
    ['2048', 2048],
  ])('reads %s', (text, number) => {
    expect(amount({ zero: false })(text)).toBe(number);
  });

  it.each(['NaN', '-1', '1e3', 'Infinity', '0', '0.000', '0.0001', '1.', '', '1,5', '9'.repeat(400)])(
    'refuses %j',
    (text) => {
      expect(() => amount({ zero: false })(text)).toThrow('Expected a number above 0');
    },
  );

  it('takes 0 where that makes sense', () => {
    expect(amount({ zero: true })('0')).toBe(0);
    expect(() => amount({ zero: true })('-0')).toThrow('Expected a number of at least 0');
  });
});

describe('workOptions', () => {
  const parse = (...words: string[]): WorkOptions => {
    const command = new Command().exitOverride().configureOutput({ outputError: () => {} });
    for (const option of workOptions()) command.addOption(option);
    return command.parse(words, { from: 'user' }).opts<WorkOptions & Record<string, unknown>>();
  };

  it('has defaults for what a task may use', () => {
    expect(parse()).toEqual({ cpus: 1, mem: 1024, disk: 0, gpus: 0, retries: 0, resume: false });
  });

  it('does not take --resume and --restart together', () => {
    expect(() => parse('--resume', '--restart')).toThrow('cannot be used with');
  });
});

describe('collect', () => {
  it('gathers in order', () => {
    expect(collect('b', collect('a', undefined))).toEqual(['a', 'b']);
  });
});
