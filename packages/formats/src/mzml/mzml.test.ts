import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { several } from '../../test-helpers/files.ts';
import { expectAllFound, expectNothingLost, type KnownFile } from '../../test-helpers/laws.ts';
import { refusal, scan } from '../../test-helpers/scanning.ts';
import { mzml } from './mzml.ts';

const content = fc.constantFrom(
  '',
  '<binaryDataArrayList count="1"><binaryDataArray><binary>QUJD</binary></binaryDataArray></binaryDataArrayList>',
  '<!-- <spectrum> </spectrumList> -->',
  '<userParam name="x"><![CDATA[</spectrum>]]></userParam>',
  '<precursor spectrumRef="scan=1"/>',
);
const spectrum = fc
  .tuple(fc.array(content, { maxLength: 3 }), fc.constantFrom('', '\n', '\r\n   '))
  .map(([parts, space]) => `<spectrum index="0" id="scan=1">${parts.join('\n')}</spectrum>${space}`);

const footer = '</spectrumList></run></mzML>\n';

const files: fc.Arbitrary<KnownFile> = fc
  .record({
    indexed: fc.boolean(),
    before: fc.constantFrom('', '<!-- <mzML> -->\n', '<cvList count="1"><cv id="MS"/></cvList>'),
    records: several(spectrum),
    after: fc.constantFrom('', '<chromatogramList count="0"></chromatogramList>'),
  })
  .map(({ indexed, before, records, after }) => {
    const declaration = '<?xml version="1.0"?>\n';
    const opening = `<mzML xmlns="http://psi.hupo.org/ms/mzml">${before}<run id="r">\n<spectrumList count="3">\n `;
    const index = '<indexList count="1"><index name="spectrum"></index></indexList></indexedmzML>\n';
    return {
      header: `${declaration}${indexed ? '<indexedmzML a="b">\n' : ''}${opening}`,
      records,
      tail: `</spectrumList>${after}</run></mzML>${indexed ? index : ''}`,
      frame: { header: declaration + opening, footer },
    };
  });

describe('the spectra of mzML', () => {
  it('are found, however the bytes arrive, and parts of them are mzML again', () =>
    expectAllFound(mzml, files));

  it('are all there, or the file is refused with the place, whatever damage it took', () =>
    expectNothingLost(mzml, files));

  it('may be none', async () => {
    const text = '<mzML><run><spectrumList count="0"></spectrumList></run></mzML>';
    expect(await scan(mzml, text)).toEqual({
      starts: [],
      header: '<mzML><run><spectrumList count="0">',
      footer,
      bodyEnd: 35,
    });
  });
});

describe('what is not mzML', () => {
  it.each([
    ['another document', '<?xml version="1.0"?><mzXML/>', 21, 'found "<mzXML/>"'],
    ['text', 'ACGT\n', 5, 'ends without <mzML>'],
    ['a document without spectra', '<mzML><run></run></mzML>', 17, 'where mzML does not have it'],
    [
      'a list within which a spectrum is open',
      '<mzML><spectrumList><spectrum ></spectrumList></mzML>',
      31,
      'does not have',
    ],
    ['a document that ends early', '<mzML><spectrumList><spectrum id="1">', 37, 'ends without </mzML>'],
    ['a comment that does not end', '<mzML><!-- ', 6, 'found no "-->"'],
  ])('is %s', async (_name, text, offset, words) => {
    for (const size of [1, 1000]) {
      const error = await refusal(mzml, text, size);
      expect(error).toMatchObject({ code: 'MALFORMED', offset });
      expect(error.message).toContain(words);
    }
  });
});
