import { execFileSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutCommand, type FileRange, type Part, planSplit } from '../src/index.ts';
import { planContext } from '../src/testing/plan-context.ts';

// What goes wrong in Galaxy 26.1.2 with use_tasked_jobs, and what comes out here.

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'galaxy-splitters-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** Keeps bytes at the end of one file, as the runner of jobs does. */
const sidecar = () => {
  const path = join(directory, 'sidecar');
  return {
    keep: async (bytes: Uint8Array): Promise<FileRange> => {
      await using file = await open(path, 'a');
      const { size } = await file.stat();
      await file.write(bytes);
      return { path, offset: size, length: bytes.length };
    },
  };
};

/** Plans, and lets the shell cut, as tasks do; answers what each task gets of each input. */
const cut = async (
  inputs: Readonly<Record<string, string | Buffer>>,
  parameters: object,
): Promise<{ parts: Part[]; contents: Buffer[][] }> => {
  const given: { name: string; paths: [string] }[] = [];
  for (const [name, content] of Object.entries(inputs)) {
    const path = join(directory, name);
    await writeFile(path, content);
    given.push({ name, paths: [path] });
  }
  const split = { strategy: 'records', parameters };
  const parts = await Array.fromAsync(planSplit(split, given, planContext({ sidecar: sidecar() })));
  const contents: Buffer[][] = [];
  for (const { index, slices } of parts) {
    const ofPart: Buffer[] = [];
    for (const { input, pieces } of slices) {
      const name = `part ${index} of ${input}`;
      execFileSync('/bin/sh', ['-c', cutCommand(pieces, name)], { cwd: directory });
      ofPart.push(await readFile(join(directory, name)));
    }
    contents.push(ofPart);
  }
  return { parts, contents };
};

const reads = (count: number): string =>
  Array.from({ length: count }, (_, index) => `@r${index}\nACGT\n+\nII@+\n`).join('');

describe("a split that Galaxy's own splitters get wrong", () => {
  it.each([
    [11, 3],
    [100, 8],
    [1234, 10],
  ])('gives every one of %i reads to one of %i parts', async (count, parts) => {
    const { contents } = await cut({ reads: reads(count) }, { format: 'fastq', parts });
    expect(contents).toHaveLength(parts);
    expect(contents.flat().join('')).toBe(reads(count));
  });

  it('makes as many parts of 12 FASTA records as were asked for, up to one for each', async () => {
    const fasta = Array.from({ length: 12 }, (_, index) => `>s${index}\nACGT\n`).join('');
    const counts = await Promise.all(
      [4, 5, 12, 20].map(
        async (parts) => (await cut({ [`s${parts}`]: fasta }, { format: 'fasta', parts })).parts.length,
      ),
    );
    expect(counts).toEqual([4, 5, 12, 12]);
  });

  it('runs once on an empty file, and on FASTQ without reads', async () => {
    for (const format of ['text', 'fastq', 'fasta']) {
      expect((await cut({ empty: '' }, { format, parts: 20 })).contents).toEqual([[Buffer.alloc(0)]]);
    }
  });

  it('reads gzip as gzip', async () => {
    const { contents } = await cut({ 'reads.gz': gzipSync(reads(5)) }, { format: 'fastq', size: 2 });
    expect(contents.map(([part]) => gunzipSync(part ?? '').toString())).toEqual([
      reads(5).slice(0, 32),
      reads(5).slice(32, 64),
      reads(5).slice(64),
    ]);
  });

  it('reads gzip of FASTA and of tables as gzip, too', async () => {
    const contents = { 'a.fa.gz': '>a\nAC\nGT\n>b\nGG\n', 'a.tsv.gz': 'a\t1\nb\t2\n' };
    for (const [name, content] of Object.entries(contents)) {
      const format = name.includes('fa') ? 'fasta' : 'tabular';
      const { contents: parts } = await cut({ [name]: gzipSync(content) }, { format, size: 1 });
      expect(parts).toHaveLength(2);
      expect(parts.map(([part]) => gunzipSync(part ?? '').toString()).join('')).toBe(content);
    }
  });

  it('takes bzip2 for no text, but says what to do', async () => {
    // Reads that were compressed by bzip2, which Galaxy cuts at its "lines".
    const reads = Buffer.from('QlpoOTFBWSZTWQ==', 'base64');
    await expect(cut({ 'reads.bz2': reads }, { format: 'fastq', size: 2 })).rejects.toThrow(/bzip2/);
  });

  it('knows reads that are wrapped, where Galaxy counts four lines for each', async () => {
    const wrapped = (index: number) => `@r${index}\nACGT\nAC\n+\n@I@+\n@I\n`;
    const content = Array.from({ length: 5 }, (_, index) => wrapped(index));
    const { contents } = await cut({ wrapped: content.join('') }, { format: 'fastq', size: 2 });
    expect(contents.flat().map(String)).toEqual([
      content.slice(0, 2).join(''),
      content.slice(2, 4).join(''),
      content.slice(4).join(''),
    ]);
  });

  it('counts the reads of both files of a pair', async () => {
    await expect(cut({ forward: reads(5), reverse: reads(4) }, { format: 'fastq', size: 2 })).rejects.toThrow(
      /forward has 5 records, .*reverse has 4 records/,
    );
  });

  it.each([
    ['csv', 'name,length\n', ['a,1\n', '"b\nc",2\n', 'd,3\n']],
    [
      'vcf',
      '##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n',
      ['1\t1\t.\tA\tC\t.\t.\t.\n', '1\t2\t.\tA\tC\t.\t.\t.\n'],
    ],
    ['fps', '#FPS1\n#num_bits=8\n', ['00\ta\n', 'ff\tb\n']],
  ])('repeats the header of %s in every part', async (format, header, records) => {
    const { contents } = await cut({ [format]: header + records.join('') }, { format, size: 1 });
    expect(contents.flat().map(String)).toEqual(records.map((record) => header + record));
  });

  it('repeats the header of SAM in every part', async () => {
    const sam = `@HD\tVN:1.6\n${`r\t4${'\t*'.repeat(9)}\n`.repeat(3)}`;
    const { contents } = await cut({ sam }, { format: 'sam', size: 2 });
    for (const [part] of contents) expect(part?.toString()).toMatch(/^@HD\tVN:1\.6\nr\t4/);
  });

  it('drops no molecule and no alignment that lacks its end, but says where it is', async () => {
    await expect(cut({ sdf: 'a\n$$$$\nb\nM  END\n' }, { format: 'sdf', size: 1 })).rejects.toThrow(
      /line 3: .*\$\$\$\$/,
    );
    const stockholm = '# STOCKHOLM 1.0\ns A\n';
    await expect(cut({ stockholm }, { format: 'stockholm', size: 1 })).rejects.toThrow(/line 1: .*"\/\/"/);
  });
});
