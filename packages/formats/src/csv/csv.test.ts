import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyLineEnd, several, textOf, withLastEnd } from '../../test-helpers/files.ts';
import { expectAllFound, expectNothingLost, type KnownFile } from '../../test-helpers/laws.ts';
import { refusal, scan } from '../../test-helpers/scanning.ts';
import { csv, tsv } from './csv.ts';

const quoted = textOf('a,\n\r"\t ').map((field) => `"${field.replaceAll('"', '""')}"`);
const plain = textOf("a1 '\xe9");

const filesWith = (delimiter: string): fc.Arbitrary<KnownFile> => {
  const line = fc
    .array(fc.oneof(quoted, plain), { minLength: 1, maxLength: 4 })
    .map((fields) => fields.join(delimiter))
    .filter((fields) => fields !== '');
  return fc
    .tuple(line, several(fc.tuple(line, fc.boolean())), anyLineEnd, fc.boolean())
    .map(([header, records, end, closed]) => ({
      header: header + end,
      records: withLastEnd(
        records.map(([text, blank]) => text + end + (blank ? end : '')),
        closed,
      ),
    }));
};

describe.each([
  ['CSV', csv, filesWith(',')],
  ['TSV', tsv, filesWith('\t')],
])('the records of %s', (_name, format, files) => {
  it('may have line ends, delimiters and quotes within quotes, however the bytes arrive', () =>
    expectAllFound(format, files));

  it('are all there, or the file is refused with the place, whatever damage it took', () =>
    expectNothingLost(format, files));
});

describe('CSV', () => {
  it('is its header alone if it has no records', async () => {
    expect(await scan(csv, 'a,b\n')).toEqual({ starts: [], header: 'a,b\n', footer: '', bodyEnd: 4 });
    expect(await scan(csv, '')).toEqual({ starts: [], header: '', footer: '', bodyEnd: 0 });
  });

  it('may have a byte order mark before a quoted field', async () => {
    expect((await scan(csv, '\xef\xbb\xbf"a",b\n1,2\n')).starts).toEqual([9]);
  });

  it.each([
    ['a quote within a field', 'a,b\n5" pipe,1\n', 5, 'found a quote within a field'],
    ['text after a quoted field', 'a\n"b"c\n', 5, 'found "c" after a quoted field'],
    ['a quote that is not closed', 'a\n1,"b\n2\n', 4, 'nothing closes'],
    ['lines that end in carriage returns only', 'a,b\r1,2\r', 3, "tr '\\r' '\\n'"],
  ])('is refused for %s', async (_name, content, offset, words) => {
    for (const size of [1, 1000]) {
      const error = await refusal(csv, content, size);
      expect(error).toMatchObject({ code: 'MALFORMED', offset });
      expect(error.message).toContain(words);
    }
  });
});
