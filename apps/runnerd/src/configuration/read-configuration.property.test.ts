import fc from 'fast-check';
import { describe, it } from 'vitest';
import { stringify } from 'yaml';
import { readConfiguration } from './read-configuration.ts';
import { configurationSchema } from './schema.ts';
import { describeSettings } from './setting-names.ts';

const names = describeSettings(configurationSchema).flatMap(({ name }) => name.split(/[.[\]]+/));
const words = fc.oneof(fc.constantFrom(...names), fc.string());
const documents = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, -1, 1e9, '', 'x', 'http', '127.0.0.1:1', 'galaxy'),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(words, tie('value'), { maxKeys: 5 }),
  ),
})).value;

/** It is read, or each mistake stands somewhere in the file. */
function isAnswered(text: string): boolean {
  const { configuration, problems } = readConfiguration(text, 'x.yml');
  const lines = text.split('\n').length;
  const isPlaced = problems.every(({ place, text: words }) => {
    const [, line = '', column = ''] = /^x\.yml:(\d+):(\d+)$/.exec(place) ?? [];
    return Number(line) >= 1 && Number(line) <= lines && Number(column) >= 1 && words !== '';
  });
  return isPlaced && (configuration === undefined) === problems.length > 0;
}

describe('readConfiguration, whatever it is given', { timeout: 60_000 }, () => {
  it('answers documents of settings in all shapes with settings or with mistakes and their places', () => {
    fc.assert(fc.property(documents, (document) => isAnswered(stringify(document))));
  });

  it('answers any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), isAnswered));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...':-{}[]&*!|>"\'#%@ \n\ta1'), { maxLength: 40 }), (signs) =>
        isAnswered(signs.join('')),
      ),
    );
  });
});
