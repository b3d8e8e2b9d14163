import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyLineEnd, several, textOf, withLastEnd } from '../../test-helpers/files.ts';
import { expectAllFound, expectNothingLost, type KnownFile } from '../../test-helpers/laws.ts';
import { refusal, scan } from '../../test-helpers/scanning.ts';
import { embl, genbank } from '../genbank/genbank.ts';
import { maf } from '../maf/maf.ts';
import { mol2 } from '../mol2/mol2.ts';
import type { RecordFormat } from '../record-format.ts';
import { sdf } from '../sdf/sdf.ts';
import { stockholm } from '../stockholm/stockholm.ts';

const words = textOf('aZ1 $/#@<"\xe9', 0, 9).map((rest) => `  ${rest}`);
const anyLines = several(fc.oneof(words, fc.constant('')));

/** Files of records that are each given as lines. */
const filesOf = (
  record: fc.Arbitrary<readonly string[]>,
  header: readonly string[] = [],
): fc.Arbitrary<KnownFile> =>
  fc.tuple(several(record), anyLineEnd, fc.boolean()).map(([records, end, closed]) => ({
    header: header.map((line) => line + end).join(''),
    records: withLastEnd(
      records.map((lines) => lines.map((line) => line + end).join('')),
      closed,
    ),
  }));

const trailing = fc.constantFrom<string[]>([], [''], [' ', '']);
const terminated = (opening: string): fc.Arbitrary<string[]> =>
  fc.tuple(anyLines, trailing).map(([lines, blanks]) => [opening, ...lines, '//', ...blanks]);

const molecule = fc
  .record({
    comments: fc.constantFrom<string[]>([], ['# Score: 1'], ['#', '', '# b']),
    lines: several(fc.oneof(words, fc.constantFrom('', '@<TRIPOS>ATOM'))),
  })
  .map(({ comments, lines }) => [...comments, '@<TRIPOS>MOLECULE', ...lines, 'mol']);

const formats: readonly (readonly [RecordFormat, fc.Arbitrary<KnownFile>])[] = [
  // Blank lines after "$$$$" are the beginning of the next record, so none is generated there.
  [sdf, filesOf(anyLines.map((lines) => [...lines, 'M  END', '$$$$']))],
  [stockholm, filesOf(terminated('# STOCKHOLM 1.0'))],
  [genbank, filesOf(terminated('LOCUS       AB1'))],
  [embl, filesOf(terminated('ID   AB1; SV 1'))],
  [mol2, filesOf(molecule)],
  [
    maf,
    filesOf(
      several(fc.constantFrom('s hg38 1 2', 'i x', 'e', 'q\tb', '', '# c')).map((lines) => [
        'a score=1',
        ...lines,
        's',
      ]),
      ['##maf version=1', '# comment'],
    ),
  ],
];

describe.each(formats.map(([format, files]) => [format.name, format, files] as const))(
  'the records of %s',
  (_name, format, files) => {
    it('are found, however the bytes arrive', () => expectAllFound(format, files));

    it('are all there, or the file is refused with the place, whatever damage it took', () =>
      expectNothingLost(format, files));
  },
);

describe('the records of SDF', () => {
  it('may begin with a blank line, or be nothing but their end', async () => {
    expect((await scan(sdf, '\n\n$$$$\n\na\n$$$$ \r\n$$$$\n\n')).starts).toEqual([0, 7, 17]);
  });

  it('are not ended by "$$$$" within a line', async () => {
    expect((await scan(sdf, 'a$$$$\n$$$$5\n$$$$')).starts).toEqual([0]);
  });
});

describe('the first record of GenBank', () => {
  it('owns the lines on the release before it', async () => {
    const text = 'GBBCT1.SEQ Genetic Sequence Data Bank\n\n 2 loci\n\nLOCUS a\n//\nLOCUS b\n//\n';
    expect(await scan(genbank, text)).toMatchObject({ starts: [48, 59], header: '' });
  });
});

describe('records that are refused', () => {
  it.each<readonly [string, RecordFormat, string, number, string]>([
    ['SDF without its last "$$$$"', sdf, 'a\n$$$$\nb\nM  END\n', 7, 'no line "$$$$" ends'],
    ['Stockholm without its last "//"', stockholm, '# STOCKHOLM 1.0\nx A\n', 0, 'no line "//" ends'],
    [
      'Stockholm that goes on without "//"',
      stockholm,
      '# STOCKHOLM 1.0\n# STOCKHOLM 1.0\n//\n',
      16,
      'put that line',
    ],
    ['alignments without the first line', stockholm, 'x A\n//\n', 0, 'begins with "# STOCKHOLM 1."'],
    ['GenBank that begins otherwise', genbank, '>a\nACGT\n', 0, 'begins with "LOCUS"'],
    [
      'a GenBank release without entries',
      genbank,
      'X Genetic Sequence Data Bank\nmore\n',
      34,
      'found no record',
    ],
    ['MOL2 without a molecule', mol2, '# c\n@<TRIPOS>ATOM\n', 4, 'begins with "@<TRIPOS>MOLECULE"'],
    ['MAF without its first line', maf, 'a\ns x\n', 0, 'begins with "##maf"'],
    ['MAF without a block', maf, '##maf\ns x\n', 6, 'begins with a line "a"'],
    ['MAF with other lines', maf, '##maf\na\nACGT\n', 8, 'begins with a line "a"'],
  ])('are %s', async (_name, format, content, offset, text) => {
    for (const size of [1, 1000]) {
      const error = await refusal(format, content, size);
      expect(error).toMatchObject({ code: 'MALFORMED', offset });
      expect(error.message).toContain(text);
    }
  });
});
