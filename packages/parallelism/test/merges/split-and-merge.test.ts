import { execFileSync } from 'node:child_process';
import { appendFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDecoded } from '@galaxy-mesos/formats';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseMerge, cutCommand, planSplit, readyMerge, type Sidecar } from '../../src/index.ts';
import { compressed } from '../../src/merges/testing/join-files.ts';
import { planContext } from '../../src/testing/plan-context.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'split and merge-'));
});
afterAll(() => rm(directory, { recursive: true }));

interface Kind {
  readonly header: string;
  /** A record; each has a number of its own, and they are in rising order. */
  readonly record: (number: number, text: string) => string;
  readonly footer?: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  csv: { header: 'name,"a\nb"\n', record: (number, text) => `"${text}\n""",${number}\n` },
  tsv: { header: 'name\tn\r\n', record: (number, text) => `${text}\t${number}\r\n` },
  tabular: { header: '#name\tn\n# more\n', record: (number, text) => `${text}\t${number}\n` },
  bed: { header: 'track name=x\n#c\n', record: (number, text) => `c${text}\t${number}\t${number + 1}\n` },
  interval: { header: '#chrom\tstart\tend\n', record: (number, text) => `c${text}\t${number}\t9\n#x\n` },
  gff3: {
    header: '##gff-version 3\n',
    record: (number, text) => `c\tx\tgene\t${number}\t${number}\t.\t+\t.\tID=${number}${text}\n`,
  },
  sam: {
    header: '@HD\tVN:1.6\n@CO\tx\n',
    record: (number, text) => `r${text}\t4\t*\t0\t${number % 99}\t*\t*\t0\t0\tA\tI\n`,
  },
  vcf: {
    header: '##fileformat=VCFv4.2\n##x=1\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n',
    record: (number, text) => `1\t${number}\t${text}\tA\tC\t.\t.\t.\n`,
  },
  fps: { header: '#FPS1\n#type=x\n', record: (number, text) => `${number % 10}0\t${text}\n` },
  maf: { header: '##maf version=1\n', record: (number) => `a score=${number}\ns x ${number} 1 + 9 A\n\n` },
  nexus: {
    header: '#NEXUS\nbegin trees;\ntranslate a b;\n',
    record: (number) => `tree t${number} = (a,b);\n`,
    footer: 'END;\n',
  },
  newick: { header: '', record: (number) => `(a:${number},b);${number % 2 === 0 ? '\n' : ''}` },
  fasta: { header: '', record: (number, text) => `>${number}\n${text}\n` },
  fastq: { header: '', record: (number, text) => `@${number}\n${text}\n+\n${text}\n` },
  jsonl: { header: '', record: (number) => `{"n":${number}}\n` },
};

const anyKind = fc.constantFrom(...Object.keys(kinds));
const anyTexts = fc.array(fc.stringMatching(/^[ACGT]{1,9}$/), { minLength: 1, maxLength: 40, size: 'max' });
const anyHow = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map((size) => ({ size })),
  fc.integer({ min: 1, max: 12 }).map((parts) => ({ parts })),
);
const anyCompression = fc.constantFrom('none' as const, 'none' as const, 'gzip' as const, 'bgzf' as const);

/** Keeps bytes one after the other in one file. */
const sidecarIn = (path: string): Sidecar => ({
  keep: async (bytes) => {
    const offset = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    await appendFile(path, bytes);
    return { path, offset, length: bytes.length };
  },
});

const decoded = async (path: string): Promise<string> => {
  await using source = await openDecoded(path);
  return Buffer.concat(await Array.fromAsync(source)).toString('latin1');
};

/** Cuts a file by the strategy `records`, with the shell, and joins its parts by the merge that is chosen for it. */
const splitAndMerge = async (
  place: string,
  { bytes, format, how }: { readonly bytes: Uint8Array; readonly format: string; readonly how: object },
): Promise<string> => {
  const path = join(place, 'input');
  await writeFile(path, bytes);
  const split = { strategy: 'records', parameters: { format, ...how } };
  const context = planContext({ sidecar: sidecarIn(join(place, 'sidecar')) });
  const parts = await Array.fromAsync(planSplit(split, [{ name: 'x', paths: [path] }], context));
  const cuts = parts.flatMap(({ index, slices }) =>
    slices.map(({ pieces }) => cutCommand(pieces, `part ${index}`)),
  );
  await writeFile(join(place, 'parts.list'), parts.map(({ index }) => `part ${index}\0`).join(''));
  const merge = readyMerge(chooseMerge({ fileName: 'output.dat', datatype: format }));
  const script = merge.kind === 'command' ? [...cuts, merge.command] : cuts;
  execFileSync('/bin/sh', ['-e', '-c', script.join('\n')], { cwd: place });
  const destination = join(place, 'merged');
  if (merge.kind === 'here') {
    await merge.join({
      parts: parts.map(({ index }) => ({ path: join(place, `part ${index}`) })),
      destination,
    });
  }
  return decoded(destination);
};

describe('what is split by records and merged', () => {
  it('is what it was, in every format that has a header or none, compressed or not', async () => {
    await fc.assert(
      fc.asyncProperty(anyKind, anyTexts, anyHow, anyCompression, async (format, texts, how, compression) => {
        const { header = '', record, footer = '' } = kinds[format] ?? { record: () => '' };
        const content =
          header + texts.map((text, index) => record?.(index + 1, text) ?? '').join('') + footer;
        const place = await mkdtemp(join(directory, 'one-'));
        const bytes = await compressed(content, compression);
        expect(await splitAndMerge(place, { bytes, format, how })).toBe(content);
        await rm(place, { recursive: true });
      }),
      { numRuns: 80 },
    );
  });
});
