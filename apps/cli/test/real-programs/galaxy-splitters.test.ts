import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { directoryForTest, type Ended, eventsIn, galaxyMesos, linesOf } from '../command.ts';
import { describeOnBoth, type Place } from './comparison.ts';
import { makeAlignments, shell } from './made-reads.ts';

// What Galaxy 26.1.2 gets wrong with use_tasked_jobs, with the same XML: what comes out here. How records are cut is
// held by packages/parallelism/test/galaxy-splitters.test.ts.

interface ToolText {
  /** The attributes of `<parallelism>` that say how many. */
  readonly parts: string;
  readonly command: string;
  readonly format: string;
  readonly output: string;
}

const tool = ({ parts, command, format, output }: ToolText): string => `
  <tool id="trial" name="trial" version="1" profile="24.0">
    <parallelism method="multi" split_inputs="query" ${parts} merge_outputs="result"/>
    <command detect_errors="exit_code"><![CDATA[${command}]]></command>
    <inputs><param name="query" type="data" format="${format}"/></inputs>
    <outputs><data name="result" format="${output}"/></outputs>
  </tool>`;

const inParts = (number: number): string => `split_mode="number_of_parts" split_size="${number}"`;
const bySize = (size: number): string => `split_mode="to_size" split_size="${size}"`;

const fastq = (count: number): string =>
  Array.from({ length: count }, (_, index) => `@r${index}\nACGT\n+\nII@+\n`).join('');

describeOnBoth(
  "a tool that Galaxy's own splitters fail with",
  { programs: ['samtools', 'bwa'], prepare: makeAlignments },
  (place: Place) => {
    /** Runs a tool on a file; answers how it ended, in how many parts, and the result if there is one. */
    async function run(text: ToolText, fileName: string, content: string | Uint8Array) {
      const cwd = directoryForTest();
      writeFileSync(path.join(cwd, 'tool.xml'), tool(text));
      writeFileSync(path.join(cwd, fileName), content);
      const words = ['run', '--json', 'tool.xml', '--input', `query=${fileName}`, '--output-dir', 'out'];
      const { environment } = place;
      const modest = ['--cpus', '0.25', '--mem', '256'];
      const ended: Ended = await galaxyMesos([...words, ...modest], { cwd, environment });
      const [name] = existsSync(path.join(cwd, 'out'))
        ? readdirSync(path.join(cwd, 'out')).filter((entry) => !entry.startsWith('.'))
        : [];
      const result = name === undefined ? undefined : readFileSync(path.join(cwd, 'out', name));
      const parts = eventsIn(ended.stdout).find(({ event }) => event === 'planned')?.tasks;
      return { code: ended.code, stderr: ended.stderr, parts, result };
    }

    // After a failure nothing more is planned or begun, so that it waits for all three.
    const together = `mktemp '$__tool_directory__/begun.XXXXXX'; until ls '$__tool_directory__' | grep -c '^begun' | grep -q 3; do sleep 0.1; done`;

    it.each([
      ['all parts', `${together}; exit 3`],
      [
        'one part',
        `${together}; if grep -q '^@r7$' '$query'; then echo bad read >&2; exit 3; fi; cat '$query' > '$result'`,
      ],
    ])('fails if %s fail, with the exit code and no result', async (_which, command) => {
      const text = { parts: bySize(4), command, format: 'fastq', output: 'fastq' };
      const { code, stderr, parts, result } = await run(text, 'reads.fastq', fastq(12));
      expect({ code, parts, result }).toEqual({ code: 1, parts: 3, result: undefined });
      expect(stderr).toMatch(/part 2 failed: exit code 3/);
    });

    it('fails if a part has not made its result, and says which', async () => {
      const command = `if grep -q '^@r7$' '$query'; then rm -f '$result'; else cat '$query' > '$result'; fi`;
      const text = { parts: bySize(4), command, format: 'fastq', output: 'fastq' };
      const { code, stderr, result } = await run(text, 'reads.fastq', fastq(12));
      expect({ code, result }).toEqual({ code: 1, result: undefined });
      expect(stderr).toMatch(/part 2/);
    });

    it.each([
      [100, 8],
      [0, 1],
    ])('keeps all of %i reads in %i parts', async (reads, count) => {
      const command = `cat '$query' > '$result'`;
      const text = { parts: inParts(Math.max(count, 3)), command, format: 'fastq', output: 'fastq' };
      const { code, stderr, parts, result } = await run(text, 'reads.fastq', fastq(reads));
      expect({ code, stderr, parts }).toEqual({ code: 0, stderr: '', parts: count });
      expect(result?.toString()).toBe(fastq(reads));
    });

    it('joins SAM under one header, and loses no alignment', async () => {
      const sam = shell('samtools view -h reads.bam', place.directory);
      const command = `samtools view -h --no-PG -F 16 '$query' > '$result'`;
      const text = { parts: inParts(4), command, format: 'sam', output: 'sam' };
      const { code, stderr, parts, result } = await run(text, 'reads.sam', sam);
      expect({ code, stderr, parts }).toEqual({ code: 0, stderr: '', parts: 4 });
      const whole = shell('samtools view -h --no-PG -F 16 -', place.directory, sam);
      expect(result?.equals(whole)).toBe(true);
    });

    it('splits BAM, which Galaxy does not at all, and joins it', async () => {
      const bam = readFileSync(path.join(place.directory, 'reads.bam'));
      const command = `samtools view -b --no-PG -q 20 '$query' > '$result'`;
      const text = { parts: inParts(4), command, format: 'bam', output: 'bam' };
      const { code, stderr, parts, result } = await run(text, 'reads.bam', bam);
      expect({ code, stderr, parts }).toEqual({ code: 0, stderr: '', parts: 4 });
      const alignments = (file: Uint8Array) => shell('samtools view -h --no-PG -', place.directory, file);
      const whole = shell('samtools view -b --no-PG -q 20 -', place.directory, bam);
      expect(result && alignments(result).equals(alignments(whole))).toBe(true);
    });

    it.each([
      ['FASTA', 'genes.fasta.gz', 'fasta.gz', '>a\nACGT\n>b\nGG\n>c\nT\n'],
      ['a table', 'table.tabular.gz', 'tabular.gz', 'a\t1\nb\t2\nc\t3\n'],
    ])('reads gzip of %s as what it is', async (_what, fileName, format, content) => {
      const command = `gzip -dc '$query' > '$result'`;
      const text = { parts: bySize(2), command, format, output: 'txt' };
      const { code, stderr, parts, result } = await run(text, fileName, gzipSync(content));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(parts).toBeGreaterThan(1);
      expect(result?.toString()).toBe(content);
    });

    it('joins gzip to gzip', async () => {
      const command = `gzip -dc '$query' | gzip > '$result'`;
      const text = { parts: bySize(2), command, format: 'fastqsanger.gz', output: 'fastqsanger.gz' };
      const { code, stderr, parts, result } = await run(text, 'reads.fastq.gz', gzipSync(fastq(5)));
      expect({ code, stderr, parts }).toEqual({ code: 0, stderr: '', parts: 3 });
      expect(result && gunzipSync(result).toString()).toBe(fastq(5));
    });

    it('gives each part the header of a table of variants, and the result one', async () => {
      const header = '##fileformat=VCFv4.2\n##contig=<ID=1>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n';
      const variants = Array.from({ length: 9 }, (_, index) => `1\t${index + 1}\t.\tA\tC\t.\t.\t.\n`).join(
        '',
      );
      // It fails without a header, as most programs do.
      const command = `head -n 1 '$query' | grep -q VCFv4 && cat '$query' > '$result'`;
      const text = { parts: bySize(4), command, format: 'vcf', output: 'vcf' };
      const { code, stderr, parts, result } = await run(text, 'calls.vcf', header + variants);
      expect({ code, stderr, parts }).toEqual({ code: 0, stderr: '', parts: 3 });
      expect(result?.toString()).toBe(header + variants);
    });

    it('runs once on an empty file', async () => {
      const text = {
        parts: inParts(20),
        command: `wc -c < '$query' > '$result'`,
        format: 'txt',
        output: 'txt',
      };
      const { code, parts, result } = await run(text, 'empty.txt', '');
      expect({ code, parts, lines: linesOf(result?.toString() ?? '') }).toEqual({
        code: 0,
        parts: 1,
        lines: ['0'],
      });
    });
  },
);
