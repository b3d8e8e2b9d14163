import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyLineEnd, several, textOf, withLastEnd } from '../../test-helpers/files.ts';
import { expectAllFound, expectNothingLost, type KnownFile } from '../../test-helpers/laws.ts';
import { refusal, scan } from '../../test-helpers/scanning.ts';
import { pdb } from '../pdb/pdb.ts';
import type { RecordFormat } from '../record-format.ts';
import { xyz } from '../xyz/xyz.ts';

const frames: fc.Arbitrary<KnownFile> = fc
  .tuple(
    several(
      fc.tuple(
        textOf('3 a'),
        fc.array(textOf('CHO 0.5'), { maxLength: 5 }),
        fc.constantFrom<string[]>([], ['']),
      ),
    ),
    anyLineEnd,
    fc.boolean(),
  )
  .map(([records, end, closed]) => ({
    records: withLastEnd(
      records.map(([comment, atoms, blank]) =>
        [` ${atoms.length}`, comment, ...atoms.map((atom) => `C${atom}`), ...blank]
          .map((line) => line + end)
          .join(''),
      ),
      // A comment that is empty needs its end, or the file ends before it.
      closed || records.at(-1)?.[1].length === 0 || records.at(-1)?.[0] === '',
    ),
  }));

const models: fc.Arbitrary<KnownFile> = fc
  .record({
    header: fc.constantFrom('', 'HEADER    X\n', 'TITLE a\nREMARK MODEL 1\n\n', 'CRYST1\n'),
    records: several(fc.tuple(several(fc.constantFrom('ATOM  1', 'HETATM', 'TER', '')), fc.boolean()), 1),
    tail: fc.constantFrom('', 'END', 'CONECT 1 2\nMASTER\nEND\n', 'END\n\n'),
    end: anyLineEnd,
  })
  .map(({ header, records, tail, end }) => ({
    header: header.replaceAll('\n', end),
    records: records.map(([atoms, blank], index) =>
      [`MODEL ${index}`, ...atoms, 'ENDMDL', ...(blank ? [''] : [])].map((line) => line + end).join(''),
    ),
    tail: tail.replaceAll('\n', end),
    frame: { header: header.replaceAll('\n', end), footer: 'END\n' },
  }));

describe.each<readonly [string, RecordFormat, fc.Arbitrary<KnownFile>]>([
  ['the frames of XYZ', xyz, frames],
  ['the models of PDB', pdb, models],
])('%s', (_name, format, files) => {
  it('are found, however the bytes arrive', () => expectAllFound(format, files));

  it('are all there, or the file is refused with the place, whatever damage it took', () =>
    expectNothingLost(format, files));
});

describe('a structure of PDB without models', () => {
  it('is one record, and has no header', async () => {
    const text = 'HEADER x\nATOM\nEND\n';
    expect(await scan(pdb, text)).toEqual({ starts: [0], header: '', footer: '', bodyEnd: text.length });
  });
});

describe('frames and models that are refused', () => {
  it.each<readonly [string, RecordFormat, string, number, string]>([
    ['a frame that the file ends in', xyz, '1\n\nC\n2\n\nC\n', 5, '1 lines are missing'],
    ['a frame without a number', xyz, '1\n\nC\nC 0 0\n', 5, 'begins with the number of its atoms'],
    ['a model that does not end', pdb, 'MODEL 1\nATOM\n', 0, 'no line "ENDMDL" ends'],
    ['a model within another', pdb, 'MODEL 1\nMODEL 2\n', 8, 'before the model before ends'],
    ['a model after the end', pdb, 'MODEL 1\nENDMDL\nEND\nMODEL 2\nENDMDL\n', 19, 'after what follows'],
    ['an end without a model', pdb, 'ATOM\nENDMDL\n', 5, 'no model is open'],
    ['text', pdb, 'data_1ABC\n', 0, 'expected a line of PDB'],
  ])('are %s', async (_name, format, content, offset, words) => {
    for (const size of [1, 1000]) {
      const error = await refusal(format, content, size);
      expect(error).toMatchObject({ code: 'MALFORMED', offset });
      expect(error.message).toContain(words);
    }
  });
});
