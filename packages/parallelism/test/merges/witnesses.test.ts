import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import { readyMerge } from '../../src/index.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'merge-witness-'));
});
afterAll(() => rm(directory, { recursive: true }));

const run = (program: string, options: readonly string[]): string =>
  execFileSync(program, options, {
    cwd: directory,
    encoding: 'latin1',
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const at = (name: string): string => join(directory, name);

const joined = async (
  choice: { readonly merge: string; readonly parameters?: Readonly<Record<string, unknown>> },
  names: readonly string[],
  result: string,
): Promise<void> => {
  const merge = readyMerge(choice);
  if (merge.kind !== 'here') throw new Error(`${choice.merge} is joined here`);
  await rm(at(result), { force: true });
  await merge.join({ parts: names.map((name) => ({ path: at(name) })), destination: at(result) });
};

/** Numbers that look random, the same in every run. */
const numbers = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => (Math.imul(index + 1, 2654435761) >>> 0) % 5000);

describe('sorted', () => {
  it('merges as sort(1) does', async () => {
    const names: string[] = [];
    for (let part = 0; part < 7; part += 1) {
      const lines = numbers(3000).map(
        (number, index) => `n${(number * part) % 97}\t${number % 501}\t${part}.${index}`,
      );
      await writeFile(at('unsorted'), lines.map((line) => `${line}\n`).join(''));
      run('sort', ['-s', '-t', '\t', '-k2,2nr', '-k1,1', '-o', `part ${part}`, 'unsorted']);
      names.push(`part ${part}`);
    }
    const keys = [{ column: 2, kind: 'number', reverse: true }, { column: 1 }];
    await joined({ merge: 'sorted', parameters: { keys } }, names, 'ours');
    run('sort', ['-s', '-m', '-t', '\t', '-k2,2nr', '-k1,1', '-o', 'theirs', ...names]);
    expect(run('cmp', ['ours', 'theirs'])).toBe('');
  });
});

describe.skipIf(!requirePrograms('bcftools', 'bgzip', 'tabix'))('vcf', () => {
  const head =
    '##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description="All filters passed">\n##contig=<ID=chr1,length=90000>\n' +
    '##contig=<ID=chr2,length=90000>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n';
  const variants = (contig: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `${contig}\t${from + index}\t.\tA\tC\t9\tPASS\t.\n`).join(
      '',
    );
  const parts = [
    head + variants('chr1', 1, 4000),
    head + variants('chr1', 4000, 9000) + variants('chr2', 1, 50),
    head + variants('chr2', 50, 7000),
  ];

  it('joins as bcftools concat does, with an index to read the result by', async () => {
    const names: string[] = [];
    for (const [index, part] of parts.entries()) {
      await writeFile(at(`${index}.vcf`), part);
      run('bgzip', ['-f', `${index}.vcf`]);
      names.push(`${index}.vcf.gz`);
    }
    await joined({ merge: 'vcf' }, names, 'ours.vcf.gz');
    const theirs = run('bcftools', ['concat', '--no-version', ...names]);
    expect(run('bgzip', ['-dc', 'ours.vcf.gz'])).toBe(theirs);
    run('tabix', ['-p', 'vcf', 'ours.vcf.gz']);
    expect(run('tabix', ['ours.vcf.gz', 'chr1:3999-4001'])).toBe(variants('chr1', 3999, 4002));
  });

  it('leaves out what parts repeat, as bcftools concat -a -D does', async () => {
    const names: string[] = [];
    const overlapping = [variants('chr1', 1, 4010), variants('chr1', 3990, 9000) + variants('chr2', 1, 60)];
    for (const [index, part] of [...overlapping, variants('chr2', 40, 700)].entries()) {
      const name = `overlap-${index}.vcf`;
      await writeFile(at(name), head + part);
      run('bgzip', ['-f', name]);
      run('tabix', ['-f', '-p', 'vcf', `${name}.gz`]);
      names.push(`${name}.gz`);
    }
    await joined({ merge: 'vcf', parameters: { duplicates: 'remove' } }, names, 'ours.vcf.gz');
    expect(run('bgzip', ['-dc', 'ours.vcf.gz'])).toBe(
      run('bcftools', ['concat', '--no-version', '-a', '-D', ...names]),
    );
  });

  const bcfOf = async (name: string, text: string): Promise<string> => {
    await writeFile(at('one.vcf'), text);
    run('bcftools', ['view', '--no-version', '-O', 'b', '-o', name, 'one.vcf']);
    return name;
  };

  it('has BCF joined in any order, with the headers united where they differ', async () => {
    const turned = [variants('chr2', 7, 9), variants('chr1', 5, 7) + variants('chr2', 1, 3)];
    const names = [await bcfOf('t0.bcf', head + turned[0]), await bcfOf('t1.bcf', head + turned[1])];
    await joined({ merge: 'vcf' }, names, 'ours.bcf');
    expect(run('bcftools', ['view', '--no-version', 'ours.bcf'])).toBe(head + turned.join(''));
    const more = head.replace('#CHROM', '##INFO=<ID=X,Number=1,Type=Integer,Description="x">\n#CHROM');
    const other = await bcfOf('t2.bcf', more + variants('chr2', 10, 12));
    await joined({ merge: 'vcf' }, ['t0.bcf', other], 'ours.bcf');
    expect(run('bcftools', ['view', '-H', 'ours.bcf'])).toBe(
      variants('chr2', 7, 9) + variants('chr2', 10, 12),
    );
  });

  it('refuses to leave anything out of BCF, but not to look for it', async () => {
    const remove = { merge: 'vcf', parameters: { duplicates: 'remove' } };
    const names = [
      await bcfOf('r0.bcf', head + variants('chr1', 1, 9)),
      await bcfOf('r1.bcf', head),
      await bcfOf('r2.bcf', head + variants('chr1', 9, 12)),
    ];
    await joined(remove, names, 'ours.bcf');
    expect(run('bcftools', ['view', '-H', 'ours.bcf'])).toBe(variants('chr1', 1, 12));
    const overlapping = [...names, await bcfOf('r3.bcf', head + variants('chr1', 11, 13))];
    await expect(joined(remove, overlapping, 'ours.bcf')).rejects.toThrow(
      /NO_MERGE.*part 4 .* begins at chr1:11, where part 3 has reached chr1:11; .*write \.vcf\.gz/,
    );
  });

  it('has BCF joined by bcftools', async () => {
    const names: string[] = [];
    for (const [index, part] of parts.entries()) {
      await writeFile(at('one.vcf'), part);
      run('bcftools', ['view', '--no-version', '-O', 'b', '-o', `${index}.bcf`, 'one.vcf']);
      names.push(`${index}.bcf`);
    }
    await joined({ merge: 'vcf' }, names, 'ours.bcf');
    const whole = head + parts.map((part) => part.slice(head.length)).join('');
    expect(run('bcftools', ['view', '--no-version', 'ours.bcf'])).toBe(whole);
    await writeFile(at('1.bcf'), (await readFile(at('1.bcf'))).subarray(0, 90));
    await expect(joined({ merge: 'vcf' }, names, 'ours.bcf')).rejects.toThrow(/MALFORMED.*1\.bcf.*part 2: /);
  });
});

describe.skipIf(!requirePrograms('samtools'))('cram', () => {
  const head = '@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:9000\n';
  const read = (position: number) => `r${position}\t0\tchr1\t${position}\t60\t4M\t*\t0\t0\tACGT\tIIII\n`;
  const positions = [
    [1, 5, 9],
    [3, 7, 11],
  ];

  const partsOf = async (): Promise<string[]> => {
    const names: string[] = [];
    for (const [index, part] of positions.entries()) {
      await writeFile(at('one.sam'), head + part.map(read).join(''));
      const name = `${index}.cram`;
      run('samtools', ['view', '--no-PG', '-C', '--output-fmt-option', 'no_ref=1', '-o', name, 'one.sam']);
      names.push(name);
    }
    return names;
  };

  it('is joined by samtools, in the order of the parts or of coordinates', async () => {
    const names = await partsOf();
    const readsOf = (name: string) =>
      run('samtools', ['view', '--no-PG', name]).replace(/\tNM:\S+|\tMD:\S+/g, '');
    await joined({ merge: 'cram', parameters: { sorted: 'no' } }, names, 'ours.cram');
    expect(readsOf('ours.cram')).toBe(positions.flat().map(read).join(''));
    await joined({ merge: 'cram', parameters: { sorted: 'coordinate' } }, names, 'ours.cram');
    expect(readsOf('ours.cram')).toBe([1, 3, 5, 7, 9, 11].map(read).join(''));
  });

  it('names the part that is incomplete, or no CRAM', async () => {
    const [first = ''] = await partsOf();
    const choice = { merge: 'cram', parameters: { sorted: 'no' } };
    await writeFile(at('cut.cram'), (await readFile(at(first))).subarray(0, -38));
    await expect(joined(choice, [first, 'cut.cram'], 'ours.cram')).rejects.toThrow(/part 2: .*incomplete/);
    await expect(joined(choice, [first, 'one.sam'], 'ours.cram')).rejects.toThrow(
      /part 2: expected a CRAM file/,
    );
  });
});
