import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyLineEnd, several, textOf, withLastEnd } from '../../test-helpers/files.ts';
import { expectAllFound, expectNothingLost, type KnownFile } from '../../test-helpers/laws.ts';
import { refusal, scan } from '../../test-helpers/scanning.ts';
import { bed } from '../bed/bed.ts';
import { fps } from '../fps/fps.ts';
import { interval } from '../interval/interval.ts';
import { jsonl } from '../jsonl/jsonl.ts';
import type { RecordFormat } from '../record-format.ts';
import { sam } from '../sam/sam.ts';
import { tabular } from '../tabular/tabular.ts';
import { text } from '../text/text.ts';
import { vcf } from '../vcf/vcf.ts';

const word = textOf('aZ09._ "\'#@;\xe9', 0, 9).map((rest) => `w${rest}`);
const columns = (least: number): fc.Arbitrary<string> =>
  fc.array(word, { minLength: least, maxLength: least + 3 }).map((words) => words.join('\t'));
const number = fc.nat({ max: 1_000_000 }).map(String);
const hashLine = textOf('# \tab=').map((rest) => `#${rest}`);

/** Files of these header lines and records; `trailers` may follow a record and belong to it. */
const filesOf = (
  header: fc.Arbitrary<readonly string[]>,
  record: fc.Arbitrary<string>,
  trailer: fc.Arbitrary<string> = fc.constantFrom('', ' ', '\t'),
): fc.Arbitrary<KnownFile> =>
  fc
    .record({
      header,
      records: several(fc.tuple(record, fc.array(trailer, { maxLength: 1 }))),
      end: anyLineEnd,
      closed: fc.boolean(),
    })
    .map(({ header: lines, records, end, closed }) => ({
      header: lines.map((line) => line + end).join(''),
      records: withLastEnd(
        records.map(([line, trailers]) => [line, ...trailers].map((part) => part + end).join('')),
        closed || records.some(([, trailers]) => trailers.length > 0),
      ),
    }));

const none = fc.constant([]);
const json: fc.Arbitrary<string> = fc.json({ maxDepth: 2 });
const formats: readonly (readonly [RecordFormat, fc.Arbitrary<KnownFile>])[] = [
  [tabular, filesOf(several(hashLine), columns(1), fc.oneof(hashLine, fc.constant('')))],
  [interval, filesOf(several(hashLine), columns(3), fc.oneof(hashLine, fc.constant('')))],
  [
    bed,
    filesOf(
      several(fc.oneof(hashLine, fc.constantFrom('track name=a', 'browser position chr1', 'track'))),
      fc
        .tuple(
          fc.constantFrom('chr1', 'track1', 'browser_2', 't'),
          number,
          number,
          fc.constantFrom('\t', ' '),
        )
        .map(([name, start, end, gap]) => [name, start, end].join(gap)),
      fc.oneof(hashLine, fc.constant('')),
    ),
  ],
  [sam, filesOf(several(word.map((rest) => `@CO\t${rest}`)), columns(11))],
  [
    vcf,
    filesOf(
      several(word.map((rest) => `##${rest}`)).map((lines) => [
        '##fileformat=VCFv4.3',
        ...lines,
        '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO',
      ]),
      columns(8),
    ),
  ],
  [fps, filesOf(several(hashLine), columns(2))],
  [jsonl, filesOf(none, json)],
];

describe.each(formats.map(([format, files]) => [format.name, format, files] as const))(
  'the records of %s',
  (_name, format, files) => {
    it('are its lines below the header, however the bytes arrive', () => expectAllFound(format, files));

    it('are all there, or the file is refused with the place, whatever damage it took', () =>
      expectNothingLost(format, files));
  },
);

describe('the records of BED and intervals', () => {
  it('may have a sequence whose name begins with "#", or be commented out, from the first line on', async () => {
    for (const format of [bed, interval]) {
      expect(await scan(format, '#chrom\tstart\tend\n#1\t2\t3\na\t4\t5\n')).toMatchObject({
        header: '#chrom\tstart\tend\n',
        starts: [17, 24],
      });
    }
  });
});

describe('the records of text', () => {
  it('are all lines, blank ones too', async () => {
    expect(await scan(text, '#a\n\n \r\n\nb')).toEqual({
      starts: [0, 3, 4, 7, 8],
      header: '',
      footer: '',
      bodyEnd: 9,
    });
  });

  it('are found in lines longer than a chunk and than what is kept of a line', async () => {
    const long = 'x'.repeat(10_000);
    for (const size of [1, 4096, 9_999, 30_000]) {
      expect((await scan(text, `${long}\r\n${long}\n${long}`, size)).starts).toEqual([0, 10_002, 20_003]);
    }
  });

  it('are refused where they are none', async () => {
    expect((await refusal(text, Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0]), 1)).message).toContain(
      'gzip-compressed',
    );
    expect(await refusal(text, 'ab\ncd\0', 2)).toMatchObject({ code: 'MALFORMED', offset: 5 });
    expect((await scan(text, 'BZh is a word')).starts).toEqual([0]);
  });
});

const variant = '1\t2\t.\tA\tC\t.\t.\t.\n';
const version = '##fileformat=VCFv4.2\n';
const chrom = '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n';

describe('what is not of the format', () => {
  const cases: readonly (readonly [string, RecordFormat, string, number, string])[] = [
    ['a second track of BED', bed, 'chr1\t1\t2\ntrack name=b\n', 9, 'one file for each track'],
    ['a BED line without numbers', bed, '#c\nchr1\tone\t2\n', 3, 'sequence, start and end'],
    [
      'an interval of two columns',
      interval,
      'chr1\t1\n',
      0,
      'has 2 columns; expected an interval of at least 3',
    ],
    ['an alignment of one column', sam, '@HD\tVN:1.6\nread\n', 11, 'has one column; expected an alignment'],
    ['a SAM header after alignments', sam, `${'r\t'.repeat(11)}\n@HD\n`, 23, 'samtools merge'],
    [
      'a VCF file that begins otherwise',
      vcf,
      `${chrom}${variant}`,
      0,
      'first line begins with "##fileformat=VCF"',
    ],
    ['a VCF file without columns', vcf, `${version}${variant}`, 21, 'begins with "#CHROM"'],
    ['a VCF file of declarations only', vcf, version, 21, 'found no line of columns'],
    ['an empty VCF file', vcf, '', 0, 'found no line of columns'],
    ['a VCF header twice', vcf, `${version}${chrom}${version}`, 60, 'after the line of columns'],
    ['a VCF header among variants', vcf, `${version}${chrom}${variant}${version}`, 76, 'bcftools concat'],
    ['a variant of two columns', vcf, `${version}${chrom}1\t2\n`, 60, 'has 2 columns'],
    ['fingerprints with a second header', fps, 'ab\tx\n#FPS1\n', 5, 'only at the top'],
    ['JSON over several lines', jsonl, '[\n  {"a": 1}\n]\n', 0, 'jq -c'],
    ['an object over several lines', jsonl, '{"a": 1}\n{"a":\n 1}\n', 9, 'a whole JSON value'],
  ];
  it.each(cases)('is %s', async (_name, format, content, offset, words) => {
    for (const size of [1, 1000]) {
      const error = await refusal(format, content, size);
      expect(error).toMatchObject({ code: 'MALFORMED', offset });
      expect(error.message).toContain(words);
    }
  });
});
