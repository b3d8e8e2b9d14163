import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyLineEnd, several, textOf, withLastEnd } from '../../test-helpers/files.ts';
import { expectAllFound, expectNothingLost, type KnownFile } from '../../test-helpers/laws.ts';
import { refusal, scan } from '../../test-helpers/scanning.ts';
import { newick } from '../newick/newick.ts';
import { nexus } from '../nexus/nexus.ts';
import type { RecordFormat } from '../record-format.ts';

const comment = fc
  .tuple(textOf("a;'&()= ", 0, 5), textOf(";'b ", 0, 3), fc.boolean())
  .map(([outer, inner, nested]) => (nested ? `[${outer}[${inner}]]` : `[${outer}]`));
const label = fc.oneof(
  textOf('ab.0_"', 1, 4),
  textOf("a;[] '()", 0, 5).map((text) => `'${text.replaceAll("'", "''")}'`),
);
const decorated = fc.tuple(label, fc.option(comment, { nil: '' })).map((parts) => parts.join(''));
const topology = fc
  .array(decorated, { minLength: 1, maxLength: 4 })
  .map((leaves) => (leaves.length === 1 ? leaves.join('') : `(${leaves.join(',\n ')}):0.5`));
const tree = fc
  .tuple(fc.option(comment, { nil: '' }), topology)
  .map(([rooting, branches]) => `${rooting}${branches};`);
const gap = fc.constantFrom('', '\n', ' \r\n\n');

const trees: fc.Arbitrary<KnownFile> = fc
  .tuple(several(fc.tuple(tree, gap)), fc.boolean())
  .map(([records, closed]) => ({
    records: withLastEnd(
      records.map((parts) => parts.join('')),
      closed,
    ),
  }));

const command = fc
  .tuple(fc.constantFrom('tree', 'TREE', 'uTree'), label, topology)
  .map(([word, name, branches]) => `${word} ${name} = [&R] ${branches};`);

const blocks: fc.Arbitrary<KnownFile> = fc
  .record({
    taxa: fc.constantFrom('', "begin taxa;\n title 'end; begin trees;';\nend;\n", '[begin trees;]\n'),
    opening: fc.constantFrom('begin trees;', 'BEGIN [x] Trees;'),
    translate: fc.constantFrom('', "\n translate 1 'a;b', 2 c;", '\n title x;'),
    records: several(fc.tuple(command, fc.constantFrom('\n', ' \n\n', '[;]\n'))),
    closing: fc.constantFrom('end;', 'END;\n', 'EndBlock ;'),
    rest: fc.constantFrom('', '\n', '\nbegin paup;\n log; tree;\nend;\n'),
    end: anyLineEnd,
  })
  .map(({ taxa, opening, translate, records, closing, rest, end }) => {
    const header = `#NEXUS\n${taxa}${opening}${translate}\n`.replaceAll('\n', end);
    return {
      header,
      // A comment right before a command belongs to that command, not to the one before.
      records: records.map(([text, space]) => text + space.replace('[;]', '')),
      tail: `${closing}${rest}`,
      frame: { header, footer: 'END;\n' },
    };
  });

describe.each<readonly [string, RecordFormat, fc.Arbitrary<KnownFile>]>([
  ['Newick', newick, trees],
  ['NEXUS', nexus, blocks],
])('the trees of %s', (_name, format, files) => {
  it('end with ";" outside comments and quotes, however the bytes arrive', () =>
    expectAllFound(format, files));

  it('are all there, or the file is refused with the place, whatever damage it took', () =>
    expectNothingLost(format, files));
});

describe('the trees of Newick', () => {
  it('own the comments before them, and the last one those after it', async () => {
    expect((await scan(newick, '[1](a);\n [2] [3](b);[4]\n')).starts).toEqual([0, 9]);
  });

  it('may be empty', async () => {
    expect((await scan(newick, ';\n;')).starts).toEqual([0, 2]);
  });
});

describe('the trees of NEXUS', () => {
  it('own the comments before them', async () => {
    const found = await scan(nexus, '#NEXUS begin trees;[c]\n[1]tree a=(b);[2]end;[3]');
    expect(found).toEqual({ starts: [19], header: '#NEXUS begin trees;', footer: 'END;\n', bodyEnd: 37 });
  });
});

describe('trees that are refused', () => {
  it.each<readonly [string, RecordFormat, string, number, string]>([
    ['a tree that does not end', newick, '(a,b);\n(c,d)\n', 7, 'found no ";"'],
    ['a comment that does not end', newick, '(a,b);\n(c[x,d);\n', 9, 'no "]" closes'],
    ['a quote that does not end', newick, "(O'Brien,b);\n", 2, 'nothing closes'],
    ['NEXUS given as Newick', newick, '#NEXUS\nbegin trees;end;', 0, 'choose the format nexus'],
    ['XML given as Newick', newick, '<phyloxml>&lt;</phyloxml>', 0, 'expected a tree'],
    ['Newick given as NEXUS', nexus, '(a,b);', 0, 'begins with "#NEXUS"'],
    ['NEXUS without trees', nexus, '#NEXUS\nbegin data;\nend;\n', 24, 'found no block of trees'],
    ['an empty NEXUS file', nexus, '', 0, 'found no block of trees'],
    [
      'trees without an end',
      nexus,
      '#NEXUS begin trees; tree a=(b);\n',
      32,
      'ends within the block of trees',
    ],
    [
      'two blocks of trees',
      nexus,
      '#NEXUS begin trees; end; begin trees; end;',
      25,
      'a second block of trees',
    ],
    [
      'a command between trees',
      nexus,
      '#NEXUS begin trees; tree a=(b); translate c d; end;',
      32,
      'after a tree',
    ],
  ])('are %s', async (_name, format, content, offset, words) => {
    for (const size of [1, 1000]) {
      const error = await refusal(format, content, size);
      expect(error).toMatchObject({ code: 'MALFORMED', offset });
      expect(error.message).toContain(words);
    }
  });
});
