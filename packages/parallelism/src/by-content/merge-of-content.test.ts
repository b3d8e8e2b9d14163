import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinedText } from '../merges/testing/join-files.ts';
import { contentOfFile, isOfFormat } from './content-of-file.ts';
import { mergeOfContent } from './merge-of-content.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'by-content-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

let written = 0;
async function files(...contents: readonly (string | Uint8Array)[]): Promise<string[]> {
  const paths = contents.map(() => path.join(directory, `dataset_${written++}.dat`));
  await Promise.all(paths.map((file, index) => writeFile(file, contents[index] ?? '')));
  return paths;
}

const fasta = '>a\nACGT\n';

describe('a file whose name tells nothing', () => {
  it('is what its bytes say, also compressed', async () => {
    const [plain = '', gzip = '', empty = ''] = await files(fasta, gzipSync(fasta), '');
    expect(await contentOfFile(plain)).toEqual({ datatype: 'fasta', format: 'fasta', compression: 'none' });
    expect(await contentOfFile(gzip)).toEqual({ datatype: 'fasta', format: 'fasta', compression: 'gzip' });
    expect(await contentOfFile(empty)).toBeUndefined();
  });

  it('has the names of its format, of Galaxy’s datatypes, and no others', () => {
    const content = { datatype: 'fastq', format: 'fastq', compression: 'gzip' } as const;
    const names = ['fastq', 'fastqsanger', 'fastqsanger.gz', 'fasta', 'bam', 'txt'];
    expect(names.filter((name) => isOfFormat(content, name))).toEqual(names.slice(0, 3));
    expect(isOfFormat({ datatype: 'bam', compression: 'bgzf' }, 'bam')).toBe(true);
    expect(isOfFormat(undefined, 'txt')).toBe(false);
  });
});

describe('the merge of results whose name tells nothing', () => {
  const vcf = '##fileformat=VCFv4.2\n#CHROM\tPOS\n';
  const mergeOf = async (...contents: readonly (string | Uint8Array)[]) =>
    (await mergeOfContent('dataset_1.dat', await files(...contents))).merge;

  it('goes by what is in them, and those that are empty say nothing', async () => {
    expect(await mergeOf('', vcf, vcf)).toBe('vcf');
    expect(await mergeOf('@HD\tVN:1.6\n', '@HD\tVN:1.6\n')).toBe('sam');
    expect(await mergeOf('', '')).toBe('concat');
  });

  it('is one for texts where one has other columns than the rest', async () => {
    expect(await mergeOf('a\tb\n', 'words\n')).toBe('lines');
  });

  it('joins tables under one heading, whatever kind of a table the rows of a part look like', async () => {
    const heading = '#name\ta\tb\n';
    const parts = await files(
      `${heading}x\t1\t2\n`,
      heading,
      `${heading}y\t4\t3\n`,
      '',
      `${heading}z\t5\t6\n`,
    );
    const choice = await mergeOfContent('dataset_1.dat', parts);
    expect(choice).toEqual({ merge: 'header', parameters: { format: 'tabular' } });
    const texts = await Promise.all(parts.map((part) => readFile(part, 'utf8')));
    expect(await joinedText(choice, texts)).toBe(`${heading}x\t1\t2\ny\t4\t3\nz\t5\t6\n`);
    const [bed = '', table = ''] = texts.map((text) => gzipSync(text)).filter((_, index) => index % 2 === 0);
    expect(await mergeOf(bed, table)).toBe('header');
  });

  it('makes no one line of a word that ends without a line end, and a table behind it', async () => {
    const texts = ['none', 'a\tb\n'];
    expect(await joinedText(await mergeOfContent('dataset_1.dat', await files(...texts)), texts)).toBe(
      'none\na\tb\n',
    );
  });

  it('tells nothing by a part with nothing but a heading, if the others are tables', async () => {
    expect(await mergeOf('#name\ta\n', 'x\t1\t2\n')).toBe('header');
    expect(await mergeOf('#a note\n', 'words\n')).toBe('lines');
  });

  it.each([
    ['of several kinds', ['>a\nA\n', 'BAM\x01']],
    ['of a kind that is not known', ['a\0b', 'a\0b']],
    ['that are documents', ['{\n"a": 1}', '{\n"a": 1}']],
  ])('is none for results %s', async (_, contents) => {
    await expect(mergeOf(...contents)).rejects.toMatchObject({ code: 'NO_MERGE' });
  });

  it('goes by the name where that tells something', async () => {
    await expect(mergeOfContent('plot.png', await files('a', 'b'))).rejects.toThrow('plot.png');
    expect(await mergeOfContent('found.vcf', await files('', ''))).toMatchObject({ merge: 'vcf' });
  });
});
