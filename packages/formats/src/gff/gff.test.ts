import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyLineEnd, several, withLastEnd } from '../../test-helpers/files.ts';
import { expectAllFound, expectNothingLost, type KnownFile } from '../../test-helpers/laws.ts';
import { recordsIn, refusal, scan } from '../../test-helpers/scanning.ts';
import { gff3 } from './gff3.ts';
import { gtf } from './gtf.ts';
import { openLines } from './open-records.ts';

/** A line of a file, and the names by which it has to stay with others. */
interface Feature {
  readonly text: string;
  readonly names: readonly string[];
  readonly wants: readonly string[];
  /** A comment after it. */
  readonly comment: string;
}

/** Lines that share a name stay together with all that stands between them: told in the simplest way. */
const group = (features: readonly Feature[]): Feature[][] => {
  const isTied = (one: Feature, other: Feature): boolean =>
    [...one.names, ...one.wants].some((name) => other.names.includes(name)) ||
    other.wants.some((name) => one.names.includes(name));
  const groups: Feature[][] = [];
  for (const feature of features) {
    const first = groups.findIndex((members) => members.some((member) => isTied(member, feature)));
    const joined = first === -1 ? [] : groups.splice(first).flat();
    groups.push([...joined, feature]);
  }
  return groups;
};

const columns = 'chr1\tx\texon\t1\t2\t.\t+\t.\t';
const anyComment = fc.constantFrom('', '', '', '# note\n', '##sequence-region chr2 1 9\n');
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');

const gff3Feature: fc.Arbitrary<Feature> = fc
  .record({
    id: fc.option(name, { nil: undefined }),
    parents: fc.uniqueArray(name, { maxLength: 2 }),
    origin: fc.option(name, { nil: undefined }),
    comment: anyComment,
    order: fc.boolean(),
    other: fc.constantFrom('Note=ID=x', 'IDs=a', 'parent=b', 'Name=n'),
  })
  .map(({ id, parents, origin, comment, order, other }) => {
    const attributes = [
      ...(id === undefined ? [] : [`ID=${id}`]),
      ...(parents.length === 0 ? [] : [`Parent=${parents.join(',')}`]),
      ...(origin === undefined ? [] : [`Derives_from=${origin}`]),
      other,
    ];
    return {
      text: `${columns}${(order ? attributes : attributes.toReversed()).join('; ')}\n`,
      names: id === undefined ? [] : [id],
      wants: [...parents, ...(origin === undefined ? [] : [origin])],
      comment,
    };
  });

/** Files in which every parent comes, before or after its children. */
const gff3Files: fc.Arbitrary<KnownFile> = fc
  .tuple(several(gff3Feature), anyLineEnd, fc.boolean())
  .map(([features, end, closed]) => {
    const names = new Set(features.flatMap((feature) => feature.names));
    const complete = features.filter(({ wants }) => wants.every((wanted) => names.has(wanted)));
    return knownFile('##gff-version 3\n\n', dropOrphans(complete), end, closed);
  });

const dropOrphans = (features: readonly Feature[]): readonly Feature[] => {
  const names = new Set(features.flatMap((feature) => feature.names));
  const kept = features.filter(({ wants }) => wants.every((wanted) => names.has(wanted)));
  return kept.length === features.length ? kept : dropOrphans(kept);
};

const gtfFeature: fc.Arbitrary<Feature> = fc
  .record({ gene: fc.constantFrom('a', 'b', 'c;d', 'e', ''), comment: anyComment, first: fc.boolean() })
  .map(({ gene, comment, first }) => {
    const other = 'note "gene_id x; y"';
    const attributes = first ? `gene_id "${gene}"; ${other};` : `${other}; gene_id "${gene}"`;
    return {
      text: `${columns}${attributes}\n`,
      names: gene === '' ? [] : [gene],
      wants: [],
      comment,
    };
  });

const gtfFiles: fc.Arbitrary<KnownFile> = fc
  .tuple(several(gtfFeature), anyLineEnd, fc.boolean())
  .map(([features, end, closed]) => knownFile('#!genome x\n', features, end, closed));

const knownFile = (header: string, features: readonly Feature[], end: string, closed: boolean): KnownFile => {
  const written = ({ text, comment }: Feature): string => (text + comment).replaceAll('\n', end);
  const records = group(features).map((members) => members.map(written).join(''));
  return { header: header.replaceAll('\n', end), records: withLastEnd(records, closed) };
};

describe.each([
  ['GFF3', gff3, gff3Files],
  ['GTF', gtf, gtfFiles],
])('the records of %s', (_name, format, files) => {
  it('keep together what belongs together, in any order of lines', () => expectAllFound(format, files));

  it('are all there, or the file is refused with the place, whatever damage it took', () =>
    expectNothingLost(format, files));
});

const feature = (attributes: string): string => `${columns}${attributes}\n`;
const strangers = (count: number): string => feature('Name=x').repeat(count);

describe('the records of GFF3', () => {
  const family = feature('ID=a') + feature('Parent=a');

  it('are closed by "###", which is the end of the record before', async () => {
    const text = `${feature('ID=a')}###\n# next\n${feature('ID=b')}${feature('Parent=b')}`;
    expect(recordsIn(text, await scan(gff3, text))).toEqual([
      `${feature('ID=a')}###\n# next\n`,
      `${feature('ID=b')}${feature('Parent=b')}`,
    ]);
  });

  it('have the comments before the first of them, behind the last directive', async () => {
    const header = '# made by x\n##gff-version 3\n# a\n##sequence-region a 1 9\n';
    const records = [`# start\n\n# more\n${feature('ID=a')}# end\n`, feature('ID=b')];
    for (const [format, text] of [
      [gff3, records],
      [gtf, records.map((record) => record.replace(/ID=(.)/, 'gene_id "$1";'))],
    ] as const) {
      const scanned = await scan(format, header + text.join(''));
      expect(scanned.header).toBe(header);
      expect(recordsIn(header + text.join(''), scanned)).toEqual(text);
      expect((await scan(format, text.join(''))).header).toBe('');
    }
  });

  it('are found in large files, and reach over many lines', async () => {
    const many = strangers(2 * openLines);
    const children = feature('Parent=a').repeat(2 * openLines);
    const { starts } = await scan(gff3, many + family + children + family.replaceAll('=a', '=b'), 100_000);
    expect(starts.length).toBe(2 * openLines + 2);
  });

  it('are told before the file ends', async () => {
    const scanner = gff3.scanner();
    expect(scanner.push(Buffer.from(strangers(openLines + 3)))).toEqual([0, feature('Name=x').length]);
  });
});

describe('the records of GTF', () => {
  it('are of one sequence each, where a gene has copies', async () => {
    const gene = feature('gene_id "a";');
    const far = strangers(openLines + 1).replaceAll('Name=x', 'gene_id "";');
    const text = gene + far + gene.replace('chr1', 'chr2');
    expect((await scan(gtf, text, 100_000)).starts.length).toBe(openLines + 3);
  });
});

describe('features that are refused', () => {
  const far = strangers(openLines + 1);
  it.each([
    [
      'a child far from its parent',
      gff3,
      feature('ID=a') + far + feature('Parent=a'),
      'belongs to a feature more than',
    ],
    [
      'lines of one ID far from each other',
      gff3,
      feature('ID=a') + far + feature('ID=a'),
      'give each its own',
    ],
    ['a child after "###"', gff3, `${feature('ID=a')}###\n${feature('Parent=a')}`, 'the parent "a"'],
    [
      'a child whose parent comes too late',
      gff3,
      feature('Parent=a') + far + feature('ID=a'),
      'the parent "a"',
    ],
    ['a child without a parent', gff3, feature('ID=b') + feature('Parent=a'), 'the parent "a"'],
    ['sequences', gff3, `${feature('ID=a')}##FASTA\n>x\nAC\n`, "sed '/^##FASTA/,$d'"],
    ['sequences without the directive', gff3, `${feature('ID=a')}>x\nAC\n`, 'as a file of their own'],
    ['a line of eight columns', gff3, `${feature('ID=a')}chr1\tx\texon\t1\t2\t.\t+\t.\n`, 'nine columns'],
    ['GTF given as GFF3', gff3, feature('gene_id "a";'), 'choose the format gtf'],
    [
      'a gene far from its other features',
      gtf,
      feature('gene_id "a"') + far.replaceAll('Name=x', 'gene_id ""') + feature('gene_id "a"'),
      'sort the file',
    ],
    ['a feature without gene_id', gtf, feature('transcript_id "a"'), 'without gene_id'],
  ])('are %s', async (_name, format, text, words) => {
    const error = await refusal(format, text, 100_000);
    expect(error.code).toBe('MALFORMED');
    expect(error.message).toContain(words);
    const line = text.slice(error.offset).split('\n')[0];
    expect(line).toMatch(/^(chr1|##FASTA|>x)/);
  });
});
