import { execFileSync } from 'node:child_process';
import { fillPlaceholders } from '@galaxy-mesos/galaxy-jobs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandText, misspeltPlaceholder } from './placeholders.ts';

const known = new Set(['input', 'output', 'db']);
const files = new Map([
  ['input', 'input.fa'],
  ['output', 'output.tsv'],
  ['db', "/data/it's here.fa"],
]);

describe('misspeltPlaceholder', () => {
  it.each([
    ['{ouput}', 'output'],
    ['{inptu}', 'input'],
    ['{Input}', 'input'],
    ['{inputs}', 'input'],
    ['{outpvt}', 'output'],
  ])('sees that %s was meant to be %s', (written, meant) => {
    expect(misspeltPlaceholder(`a ${written}`, known)).toEqual({ written: written.slice(1, -1), meant });
  });

  it.each(['{print}', '{next}', '{ ouput }', '{{ouput}}', '{d}', '{b}', '{input}', '{imprint}', '{ot}'])(
    'takes %s for no slip',
    (text) => {
      expect(misspeltPlaceholder(`a ${text}`, known)).toBeUndefined();
    },
  );
});

describe('misspeltPlaceholder with names of few letters', () => {
  it('leaves words of other languages alone that are more than one slip away', () => {
    const names = new Set(['prot', 'text']);
    expect(misspeltPlaceholder("awk '{print} {exit}'", names)).toBeUndefined();
    expect(misspeltPlaceholder('cat {porto} {prto}', names)).toEqual({ written: 'prto', meant: 'prot' });
  });
});

describe('commandText', () => {
  it('takes a single word for shell text', () => {
    expect(commandText(['a "b" > {output}'])).toBe('a "b" > {output}');
  });

  it('quotes several words so that the shell sees just them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme-ascii' }), { minLength: 2, maxLength: 4 }),
        (words) => {
          const script = `printf '%s\\0' ${commandText(words)}`;
          const printed = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
          expect(printed).toBe(words.map((word) => `${word}\0`).join(''));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('leaves placeholders in words to be filled', () => {
    expect(commandText(['grep', "it's", 'in={input}', '{{input}}', ''])).toBe(
      "grep 'it'\\''s' in={input} {{input}} ''",
    );
    const printed = fillPlaceholders(commandText(['printf', '%s %s', '{{input}} {{awk}}', '{input}']), files);
    expect(execFileSync('/bin/sh', ['-c', printed], { encoding: 'utf8' })).toBe('{input} {{awk}} input.fa');
  });
});
