import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import { galaxyMesos } from '../command.ts';
import { makeAlignments, shell } from './made-reads.ts';

const present = requirePrograms('samtools', 'bwa', 'bcftools', 'tabix');

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'galaxy-mesos-wrong-'));
  if (present) makeAlignments(cwd);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const records = ['--split', 'fastq', '--parts', '3'];
const blocks = ['--strategy', 'blocks', '--set', 'parts=3'];
const regions = ['--strategy', 'regions', '--set', 'parts=3'];
const whole = [...regions, '--set', 'whole=true'];

interface Wrong {
  readonly what: string;
  /** Makes the file `wrong`. */
  readonly make: string;
  readonly how: readonly string[];
  readonly says: RegExp;
}

const wrongInputs: readonly Wrong[] = [
  {
    what: 'gzip that was cut off',
    make: 'gzip -c forward.fq | head -c 200000 > wrong',
    how: records,
    says: /wrong, line \d+: the file ends within compressed data/,
  },
  {
    what: 'gzip to which something was appended',
    make: 'gzip -c forward.fq > wrong; echo more >> wrong',
    how: records,
    says: /wrong, line \d+: expected another gzip member or the end of the file/,
  },
  {
    what: 'FASTQ that was cut off',
    make: 'head -c 700000 forward.fq > wrong',
    how: records,
    says: /wrong, line \d+: the file ends within this record/,
  },
  {
    what: 'a record without its first letter',
    make: "sed '4001s/^@//' forward.fq > wrong",
    how: ['--split', 'fastq', '--size', '10'],
    says: /wrong, line 4001: found "read1001"; expected a FASTQ record/,
  },
  {
    what: 'fewer qualities than bases',
    make: "sed '4004s/^....//' forward.fq > wrong",
    how: ['--split', 'fastq', '--size', '10'],
    says: /wrong, line 4004: found 96 characters of quality.*, as many as the record has of sequence|wrong, line 400\d: .*quality/,
  },
  {
    what: 'BAM as FASTQ',
    make: 'cp reads.bam wrong',
    how: records,
    says: /wrong, line 1: .*not a text file/,
  },
  { what: 'FASTQ as BAM', make: 'cp forward.fq wrong', how: blocks, says: /wrong: expected a BAM file/ },
  {
    what: 'BAM without its end, by blocks',
    make: 'head -c -28 reads.bam > wrong',
    how: blocks,
    says: /wrong, byte \d+: expected the end-of-file marker of BGZF/,
  },
  {
    what: 'BAM without its end, by regions',
    make: 'head -c -28 reads.bam > wrong; cp reads.bam.bai wrong.bai',
    how: regions,
    says: /wrong, byte \d+: expected the end-of-file marker of BGZF/,
  },
  {
    what: 'BAM of which only the first half is there, though the index is whole',
    make: 'head -c 300000 reads.bam > wrong; cp reads.bam.bai wrong.bai',
    how: whole,
    says: /wrong, byte 300000: expected the end-of-file marker of BGZF/,
  },
  {
    what: 'an index that is older than its file, and of another one',
    make: 'cp reads.bam.bai wrong.bai; touch -d 2020-01-01 wrong.bai; samtools view -b -s 0.5 reads.bam > wrong',
    how: whole,
    says: /wrong: the index \S+wrong\.bai does not fit: it is older than the file.*samtools index/,
  },
  {
    what: 'BAM without an index',
    make: 'cp reads.bam wrong',
    how: regions,
    says: /wrong: expected an index, found none beside it .*`samtools index \S+wrong`/,
  },
  {
    what: 'BAM that is not sorted, with the index of one that is',
    make: 'samtools sort -n -o wrong reads.bam; cp reads.bam.bai wrong.bai',
    how: regions,
    says: /wrong: the index \S+ does not fit/,
  },
];

describe.skipIf(!present)('wrong input', () => {
  it.each(wrongInputs)('such as $what is one error, and gives no result', async ({ make, how, says }) => {
    shell(`rm -f wrong wrong.bai; ${make}`, cwd);
    const before = readdirSync(cwd).sort();
    const words = ['map', '--input', 'wrong', ...how, '--output', 'result', '--', 'cat {input}'];
    const command = how === whole ? words.with(-1, 'samtools view {input} {region}') : words;
    const { code, stdout, stderr } = await galaxyMesos(command, { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    shell('rm -rf .result.galaxy-mesos', cwd);
    expect(readdirSync(cwd).sort()).toEqual(before);
  });

  it('such as mates of which some are missing is one error that tells how many', async () => {
    shell('rm -f wrong wrong.bai; head -n 4000 reverse.fq > wrong', cwd);
    const words = ['--input', 'a=forward.fq', '--input', 'b=wrong', '--over', 'a', '--over', 'b'];
    const { code, stderr } = await galaxyMesos(
      ['map', ...words, '--size', '100', '--output', 'result', '--', 'cat {a} {b}'],
      { cwd },
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/forward\.fq.* 4000 records.*wrong.* 1000 records|a has 4000.*b has 1000/);
    expect(readdirSync(cwd)).not.toContain('result');
  });

  it.each([
    [
      'is another format than its name',
      'result.bam',
      'samtools view {input}',
      /part 1: expected a BGZF file/,
    ],
    [
      'was cut off',
      'result.bam',
      'samtools view -b {input} | head -c 9000',
      /part 1: expected the end-of-file/,
    ],
    ['has no header', 'result.vcf', ': {input}; echo chr1', /part 1/],
  ])('does not become a result: a part whose result %s', async (_what, output, command, says) => {
    shell('rm -rf .result*', cwd);
    writeFileSync(path.join(cwd, output), 'of an earlier run\n');
    const words = ['map', '--input', 'reads.bam', ...blocks, '--output', output, '--', command];
    const { code, stderr } = await galaxyMesos(words, { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^galaxy-mesos: \[JOIN\] /);
    expect(stderr).toMatch(says);
    expect(shell(`cat ${output}`, cwd).toString()).toBe('of an earlier run\n');
  });
});
