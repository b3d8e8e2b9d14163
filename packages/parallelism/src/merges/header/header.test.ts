import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { endOfFileMarker } from '@galaxy-mesos/formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readyMerge } from '../merges.ts';
import { compressed, decompressed, joined, joinedText } from '../testing/join-files.ts';

/** A header and records of each kind; the records are cut into parts anywhere, and some parts have none. */
const kinds = {
  csv: { header: 'name,length\n', records: ['"a\nb",1\n', 'c,2\n', '"d ""e""",3\n'], footer: '' },
  tabular: { header: '#a\tb\n#c\n', records: ['1\t2\n', 'x\n'], footer: '' },
  bed: { header: 'track name=t\n', records: ['chr1\t1\t2\n', 'chr2\t5\t9\tx\n'], footer: '' },
  sam: { header: '@HD\tVN:1.6\n', records: ['r\t4\t*\t0\t0\t*\t*\t0\t0\tA\tI\n'], footer: '' },
  vcf: {
    header: '##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n',
    records: ['1\t5\t.\tA\tC\t.\t.\t.\n', '2\t7\t.\tA\tC\t.\t.\t.\n'],
    footer: '',
  },
  fasta: { header: '', records: ['>a\nACGT\n', '>b\n\n', '>c\nA\nC\n'], footer: '' },
  jsonl: { header: '', records: ['{}\n', '{"a":1}\n'], footer: '' },
  newick: { header: '', records: ['(a,b);', '(c,\nd);\n'], footer: '' },
  nexus: {
    header: '#NEXUS\nbegin trees;\n',
    records: ['tree a = (a,b);\n', 'tree b = (b,a);\n'],
    footer: 'END;\n',
  },
};

const anyFile = fc.constantFrom(...Object.entries(kinds)).chain(([format, { header, records, footer }]) =>
  fc.record({
    format: fc.constant(format),
    header: fc.constant(header),
    footer: fc.constant(footer),
    parts: fc.array(fc.array(fc.constantFrom(...records), { maxLength: 4 }), { minLength: 1, maxLength: 5 }),
  }),
);

describe('header', () => {
  it('gives back the file of any format, cut anywhere, whatever its compression', async () => {
    const anyCompression = fc.constantFrom(
      'none' as const,
      'gzip' as const,
      'bgzf' as const,
      'zstd' as const,
    );
    await fc.assert(
      fc.asyncProperty(anyFile, anyCompression, async ({ format, header, footer, parts }, compression) => {
        const files = await Promise.all(
          parts.map((records) => compressed(header + records.join('') + footer, compression)),
        );
        const result = await joined({ merge: 'header', parameters: { format } }, files);
        const whole = header + parts.flat().join('') + footer;
        expect(await decompressed(result)).toBe(whole);
        if (compression === 'bgzf') expect(result.subarray(-28)).toEqual(Buffer.from(endOfFileMarker));
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('knows the format by the name of the file, without that of its compression', async () => {
    const name = 'table.csv.gz';
    const parts = await Promise.all(['a,b\n1,2\n', 'a,b\n3,4\n'].map((text) => compressed(text, 'gzip')));
    const result = await joined({ merge: 'header' }, parts, { name });
    expect(gunzipSync(result).toString()).toBe('a,b\n1,2\n3,4\n');
    await expect(joined({ merge: 'header' }, parts)).rejects.toThrow('does not tell its format');
  });

  it.each([
    ['\n', 'a,b\n1,2', 'a,b\n3,4\n', 'a,b\n1,2\n3,4\n'],
    ['\r\n', 'a,b\r\n1,2', 'a,b\r\n3,4', 'a,b\r\n1,2\r\n3,4'],
    ['\n', 'a,b', 'a,b\n3,4', 'a,b\n3,4'],
    ['\n', 'a,b\n1,2', 'a,b', 'a,b\n1,2'],
  ])('puts the line end %j where a part lacks it and something follows', async (_, one, two, whole) => {
    const choice = { merge: 'header', parameters: { format: 'csv' } };
    expect(await joinedText(choice, [one, two])).toBe(whole);
    const zipped = await Promise.all([one, two].map((text) => compressed(text, 'bgzf')));
    expect(gunzipSync(await joined(choice, zipped)).toString()).toBe(whole);
  });

  it('passes over parts of no bytes, also in the first place', async () => {
    const choice = { merge: 'header', parameters: { format: 'tabular' } };
    expect(await joinedText(choice, ['', '#a\n1\n', '', '#a\n2\n'])).toBe('#a\n1\n2\n');
    expect(await joinedText(choice, ['', ''])).toBe('');
    const zipped = await compressed('#a\n1\n', 'bgzf');
    expect(gunzipSync(await joined(choice, ['', zipped, '', zipped])).toString()).toBe('#a\n1\n1\n');
  });

  it('copies the blocks of BGZF as they are', async () => {
    const text = (name: string) => `#head\n${`${name}\n`.repeat(40_000)}`;
    const [one, two] = [await compressed(text('one'), 'bgzf'), await compressed(text('two'), 'bgzf')];
    const result = await joined({ merge: 'header', parameters: { format: 'tabular' } }, [one, two]);
    expect(result.subarray(0, one.length - 28)).toEqual(one.subarray(0, -28));
    const second = two.readUInt16LE(16) + 1;
    expect(result.indexOf(two.subarray(second, -28))).toBeGreaterThan(0);
  });

  it('refuses headers that differ, and names the part and the line', async () => {
    const parts = ['#a\n#b\n1\n', '#a\n#b\n2\n', '#a\n#c\n3\n'];
    const labels = ['chr1', 'chr2', 'chr3'];
    const choice = { merge: 'header', parameters: { format: 'tabular' } };
    await expect(joined(choice, parts, { labels })).rejects.toThrow(
      /2-result, .*part 3 \(chr3\): expected the header of part 1 \(chr1\) .*line 2 of the header is "#c" in the place of "#b"/,
    );
    await expect(joined(choice, ['#a\n1\n', '2\n'])).rejects.toThrow('part 2');
    const first = { merge: 'header', parameters: { format: 'tabular', headers: 'first' } };
    expect(await joinedText(first, parts)).toBe('#a\n#b\n1\n2\n3\n');
  });

  it('names the part that is missing, of another compression, malformed or cut off', async () => {
    const choice = { merge: 'header', parameters: { format: 'tabular' } };
    await expect(joined(choice, ['1\n', undefined])).rejects.toThrow(/NOT_FOUND.*part 2/);
    await expect(joined(choice, ['1\n', await compressed('2\n', 'gzip')])).rejects.toThrow(
      'part 2: expected it to be compressed like part 1 (none), found gzip',
    );
    await expect(joined({ merge: 'header', parameters: { format: 'vcf' } }, ['no VCF\n'])).rejects.toThrow(
      'part 1',
    );
    for (const compression of ['gzip', 'bgzf', 'zstd'] as const) {
      const whole = await compressed(
        Array.from({ length: 30_000 }, (_, n) => `${n * n}\n`).join(''),
        compression,
      );
      const cut = whole.subarray(0, -20);
      await expect(joined(choice, [whole, cut, whole]), compression).rejects.toThrow(/MALFORMED.*part 2/);
    }
    await expect(joined(choice, [])).rejects.toThrow('[NO_PARTS]');
  });

  it('unites the headers of GFF3 line by line', async () => {
    const feature = (name: string) => `${name}\t.\tgene\t1\t9\t.\t+\t.\tID=${name}\n`;
    const part = (version: string, name: string) =>
      `##gff-version ${version}\n##sequence-region ${name} 1 9\n${feature(name)}`;
    const choice = { merge: 'header', parameters: { format: 'gff3' } };
    expect(await joinedText(choice, [part('3', 'a'), part('3', 'b'), part('3', 'a')])).toBe(
      `##gff-version 3\n##sequence-region a 1 9\n##sequence-region b 1 9\n${feature('a')}${feature('b')}${feature('a')}`,
    );
    await expect(joined(choice, [part('3', 'a'), part('3.1.26', 'b')])).rejects.toThrow(
      'part 2: is of version 3.1.26 of GFF, expected 3 as in part 1',
    );
  });

  it('takes no line with numbers for the names of columns, lest it be lost', async () => {
    const choice = { merge: 'header', parameters: { format: 'tsv' } };
    await expect(joined(choice, ['x\t1\ny\t2\n', 'x\t1\n'])).rejects.toThrow(
      /1-result, line 1: part 2: .*holds the number 1, expected names of columns.*merge concat/,
    );
    const years = { merge: 'header', parameters: { format: 'tsv', headers: 'first' } };
    expect(await joinedText(years, ['x\t2019\na\t1\n', 'x\t2019\nb\t2\n'])).toBe('x\t2019\na\t1\nb\t2\n');
    expect(await joinedText(choice, ['x\t1\ny\t2\n'])).toBe('x\t1\ny\t2\n');
  });

  it('refuses what stands behind the records and would be lost', async () => {
    const trees = '#NEXUS\nbegin trees;\ntree a = (a,b);\n';
    const choice = { merge: 'header', parameters: { format: 'nexus' } };
    expect(await joinedText(choice, [`${trees}End;\n`, `${trees}  endblock ;\n\n`])).toContain(
      '(a,b);\ntree a',
    );
    await expect(joined(choice, [`${trees}end;\n`, `${trees}end;\nbegin notes;\nend;\n`])).rejects.toThrow(
      'part 2: has more behind its trees',
    );
    const models = { merge: 'header', parameters: { format: 'pdb' } };
    const model = (number: number) => `MODEL     ${number}\nATOM      1\nENDMDL\n`;
    expect(await joinedText(models, [`REMARK\n${model(1)}END\n`, `REMARK\n${model(2)}END\n`])).toBe(
      `REMARK\n${model(1)}${model(2)}END\n`,
    );
    expect(await joinedText(models, [`${model(1)}END\n`, `${model(2)}END\n`])).toBe(
      `${model(1)}${model(2)}END\n`,
    );
    expect(await joinedText(models, [model(1), model(2)])).toBe(model(1) + model(2));
    await expect(joined(models, [`REMARK\n${model(1)}MASTER\nEND\n`])).rejects.toThrow(
      'part 1: has more behind its models',
    );
  });

  it('names the part that was cut off, wherever that was', async () => {
    const content = Array.from({ length: 3000 }, (_, index) => `${index * index}\n`).join('');
    const choice = { merge: 'header', parameters: { format: 'tabular' } };
    for (const compression of ['gzip', 'bgzf', 'zstd'] as const) {
      const whole = await compressed(content, compression);
      const anyCut = fc.integer({ min: 1, max: whole.length - 1 });
      await fc.assert(
        fc.asyncProperty(anyCut, async (size) => {
          await expect(joined(choice, [whole, whole.subarray(0, size)])).rejects.toThrow(
            /MALFORMED.*part 2: /,
          );
        }),
        { numRuns: 15 },
      );
    }
  }, 60_000);

  it('ends with the reason of the signal in the middle of its work, and leaves nothing behind', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'merge-'));
    const path = join(directory, 'part');
    const destination = join(directory, 'merged');
    await writeFile(path, `#h\n${'1\n'.repeat(3_000_000)}`);
    const controller = new AbortController();
    const merge = readyMerge({ merge: 'header', parameters: { format: 'tabular' } });
    if (merge.kind !== 'here') throw new Error('header is joined here');
    const parts = Array.from({ length: 60 }, () => ({ path }));
    const joining = merge.join({ parts, destination, signal: controller.signal });
    const rejected = expect(joining).rejects.toThrow('enough');
    while (!existsSync(`${destination}.unfinished`)) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('enough'));
    await rejected;
    expect(await readdir(directory)).toEqual(['part']);
    await rm(directory, { recursive: true });
  }, 60_000);
});
