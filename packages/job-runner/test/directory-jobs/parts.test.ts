import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Job, JobView } from '@galaxy-mesos/galaxy-jobs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requirePrograms } from '../../../../test-fixtures/real-programs/real-programs.ts';
import { type Daemon, RunnerFixture } from '../runner-fixture.ts';
import { until } from './until.ts';

const timeout = 120_000;

let fixture: RunnerFixture;
let daemon: Daemon;
beforeEach(async () => {
  fixture = new RunnerFixture();
  daemon = await fixture.start();
});
afterEach(() => fixture[Symbol.asyncDispose]());

const reads = (count: number) =>
  Array.from({ length: count }, (_, index) => `@r${index + 1}\nACGT\n+\nIIII\n`).join('');

interface PartsJob {
  readonly command: string;
  readonly inputs: Readonly<Record<string, string | Uint8Array>>;
  readonly step?: Readonly<Record<string, unknown>>;
  readonly outputs?: readonly string[];
  /** By patterns. */
  readonly merges?: Readonly<Record<string, string>>;
  readonly changes?: Partial<Job>;
}

/** As the Pulsar door hands it on. */
async function partsJob({
  command,
  inputs,
  step = {},
  outputs = ['outputs/dataset_9.dat'],
  merges = {},
  changes,
}: PartsJob): Promise<Job> {
  const job = await fixture.directoryJob('o.m.7', command);
  const directory = job.directory ?? '';
  const described = Object.entries(inputs).map(async ([name, content]) => {
    const file = path.join(directory, 'inputs', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    return { name: `inputs/${name}`, path: file, partName: `inputs/${name}`, size: 0, modifiedAt: 0 };
  });
  for (const file of outputs) await writeFile(path.join(directory, file), '');
  return {
    ...job,
    inputs: await Promise.all(described),
    outputs: [...Object.keys(merges), ...outputs].map((file) => ({
      name: file,
      file,
      whenMissing: 'empty',
      destination: path.join(directory, file),
      ...(merges[file] !== undefined && { merges: [{ merge: merges[file] }] }),
    })),
    split: {
      alternatives: [{ by: [{ strategy: 'records', inputs: [], parameters: { parts: 3 }, ...step }] }],
    },
    ...changes,
  };
}

/** Inputs that are not in the directory of the job. */
const outside = (...files: readonly string[]): Promise<Job['inputs']> =>
  Promise.all(
    files.map(async (file, index) => {
      const { size, mtimeMs } = await stat(file);
      const partName = `inputs/.outside-${index}/${path.basename(file)}`;
      return { name: partName, path: file, size, modifiedAt: mtimeMs, partName };
    }),
  );

async function run(
  given: PartsJob,
): Promise<{ readonly view: JobView; read(file: string): Promise<string> }> {
  const job = await partsJob(given);
  await daemon.runner.submit(job);
  const view = await daemon.runner.ended(job.id);
  return { view, read: (file) => readFile(path.join(job.directory ?? '', file), 'utf8') };
}

describe('a job of Galaxy that is cut into parts', { timeout }, () => {
  it('has each part work on its slice, and leaves what the job would have left whole', async () => {
    const { view, read } = await run({
      inputs: { 'dataset_1.dat': reads(11) },
      command: `wc -l < {job}/inputs/dataset_1.dat; cat {job}/inputs/dataset_1.dat > {job}/outputs/dataset_9.dat;
        echo read >&2; echo here > made.txt`,
    });
    expect(view).toMatchObject({ state: 'ok', exitCode: 0, tasks: { total: 3, finished: 3 } });
    expect(await read('outputs/dataset_9.dat')).toBe(reads(11));
    expect(await read('inputs/dataset_1.dat')).toBe(reads(11));
    expect((await read('metadata/job_stdout')).trim().split('\n').map(Number)).toEqual([16, 16, 12]);
    expect(await read('metadata/job_stderr')).toBe('read\nread\nread\n');
    expect(await read('working/made.txt')).toBe('here\n');
    expect(await readdir(fixture.at('jobs', 'o.m.7'))).not.toContain('tree-joined');
  });

  it('cuts pairs at the same places, and compressed files', async () => {
    const { view, read } = await run({
      inputs: { 'dataset_1.dat': gzipSync(reads(7)), 'dataset_2.dat': gzipSync(reads(7)) },
      command: `cd {job}/inputs; zcat dataset_1.dat > a; zcat dataset_2.dat > b; cmp a b && cat a > {job}/outputs/dataset_9.dat`,
    });
    expect(view).toMatchObject({ state: 'ok', exitCode: 0, tasks: { total: 3 } });
    expect(await read('outputs/dataset_9.dat')).toBe(reads(7));
  });

  it('finds the slice by scripts and configurations that name the input, and the other inputs as they are', async () => {
    const inputs = { 'dataset_1.dat': reads(4), 'reference.dat': '>chr1\nACGT\n' };
    const job = await partsJob({
      inputs,
      command: '/bin/bash {job}/tool_script.sh',
      step: { inputs: ['fastq'] },
    });
    const directory = job.directory ?? '';
    const script = `cat $(cat ${directory}/configs/list) > ${directory}/outputs/dataset_9.dat; cat ${directory}/inputs/reference.dat`;
    await writeFile(path.join(directory, 'configs/list'), `${directory}/inputs/dataset_1.dat`);
    await writeFile(path.join(directory, 'tool_script.sh'), script);
    await daemon.runner.submit(job);
    expect(await daemon.runner.ended(job.id)).toMatchObject({ state: 'ok', exitCode: 0 });
    expect(await readFile(path.join(directory, 'outputs/dataset_9.dat'), 'utf8')).toBe(reads(4));
    expect(await readFile(path.join(directory, 'metadata/job_stdout'), 'utf8')).toBe(
      '>chr1\nACGT\n'.repeat(3),
    );
    expect(await readFile(path.join(directory, 'configs/list'), 'utf8')).toBe(
      `${directory}/inputs/dataset_1.dat`,
    );
  });

  it('ends with the exit code of the first part that fails, and what all of them have said, in order', async () => {
    const { view, read } = await run({
      inputs: { 'dataset_1.dat': reads(3) },
      command: `name=$(head -n 1 {job}/inputs/dataset_1.dat); echo "see $name" >&2
        case $name in @r1) sleep 0.5;; @r2) exit 3;; @r3) exit 4;; esac`,
    });
    expect(view).toMatchObject({ state: 'ok', exitCode: 3 });
    expect(await read('metadata/job_stderr')).toBe('see @r1\nsee @r2\nsee @r3\n');
    expect(await read('return_code')).toBe('3\n');
  });

  it('fails where a part has failed and an output could not be joined, with all that there is to see why', async () => {
    const { view, read } = await run({
      inputs: { 'dataset_1.dat': reads(2) },
      step: { parameters: { parts: 2 } },
      outputs: ['outputs/dataset_8.dat', 'outputs/dataset_9.dat'],
      command: `echo oops >&2; echo kept > {job}/outputs/dataset_8.dat
        printf "\\211PNG$$" > {job}/outputs/dataset_9.dat; exit 4`,
    });
    expect(view.state).toBe('error');
    expect(view.message).toMatch(/part 1 \(exit code 4\) has failed, .*outputs\/dataset_9.dat.*png/);
    expect(await read('outputs/dataset_8.dat')).toBe('kept\nkept\n');
    expect(await read('metadata/job_stderr')).toBe('oops\noops\n');
    await expect(read('outputs/dataset_9.dat')).rejects.toThrow('ENOENT');
  });

  it('gives tools the values of their part in the environment', async () => {
    const { view, read } = await run({
      inputs: {},
      step: { strategy: 'sweep', parameters: { values: { k: ["it's", 'b'] } } },
      command: 'echo "$GALAXY_PART_k" > {job}/outputs/dataset_9.dat',
    });
    expect(view).toMatchObject({ state: 'ok', exitCode: 0, tasks: { total: 2 } });
    expect(await read('outputs/dataset_9.dat')).toBe("it's\nb\n");
  });

  it('cuts a file that is elsewhere, wherever it is named', async () => {
    const file = fixture.at('reads 1.fq');
    await writeFile(file, reads(5));
    const { view, read } = await run({
      inputs: { list: `not cut: ${file}` },
      command: `cat '${file}' > {job}/outputs/dataset_9.dat; cat {job}/inputs/list`,
      changes: { inputs: await outside(file) },
    });
    expect(view).toMatchObject({ state: 'ok', exitCode: 0, tasks: { total: 3 } });
    expect(await read('outputs/dataset_9.dat')).toBe(reads(5));
    expect(await read('metadata/job_stdout')).toBe(`not cut: ${file}`.repeat(3));
    expect(await readFile(file, 'utf8')).toBe(reads(5));
  });

  it.skipIf(!requirePrograms('samtools'))(
    'cuts BAM by blocks, and joins it to one that holds all reads',
    async () => {
      const lines = Array.from({ length: 3000 }, (_, index) => {
        const bases = Array.from({ length: 100 }, (_, at) => 'ACGT'[(index * 7 + at * at) % 4]).join('');
        return `r${index}\t0\tchr1\t${index + 1}\t60\t100M\t*\t0\t0\t${bases}\t*\n`;
      });
      const sam = fixture.at('all.sam');
      await writeFile(sam, `@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:10000\n${lines.join('')}`);
      execFileSync('samtools', ['view', '--no-PG', '-b', '-o', fixture.at('all.bam'), sam]);
      const { view, read } = await run({
        inputs: { 'dataset_1.dat': await readFile(fixture.at('all.bam')) },
        step: { strategy: 'blocks', parameters: { parts: 3 } },
        outputs: ['outputs/dataset_8.dat', 'outputs/dataset_9.dat'],
        command: `samtools view -h --no-PG {job}/inputs/dataset_1.dat > {job}/outputs/dataset_8.dat
        samtools view -b --no-PG {job}/inputs/dataset_1.dat > {job}/outputs/dataset_9.dat`,
      });
      expect(view).toMatchObject({ state: 'ok', exitCode: 0, tasks: { total: 3 } });
      const expected = await readFile(sam, 'utf8');
      expect(await read('outputs/dataset_8.dat')).toBe(expected);
      const bam = fixture.at('staging', 'o.m.7', 'outputs', 'dataset_9.dat');
      execFileSync('samtools', ['quickcheck', bam]);
      expect(
        execFileSync('samtools', ['view', '-h', '--no-PG', bam], { maxBuffer: 2 ** 26 }).toString(),
      ).toBe(expected);
    },
  );

  it('takes an index out of the parts of what it is for', async () => {
    const { view, read } = await run({
      inputs: { 'dataset_1.dat': reads(2), 'metadata_1.dat': 'BAI\x01\0\0\0\0' },
      command: 'cd {job}/inputs; ls -1 *.dat > {job}/outputs/dataset_9.dat',
      step: { parameters: { parts: 2 } },
    });
    expect(view).toMatchObject({ state: 'ok', exitCode: 0 });
    expect(await read('outputs/dataset_9.dat')).toBe('dataset_1.dat\ndataset_1.dat\n');
    expect(await read('inputs/metadata_1.dat')).toMatch(/^BAI/);
  });

  it('takes an index out of the parts also where it is elsewhere, with what it is for', async () => {
    const [file, index] = [fixture.at('reads.fq'), fixture.at('metadata_1.dat')];
    await writeFile(file, reads(4));
    await writeFile(index, 'BAI\x01\0\0\0\0');
    const { view, read } = await run({
      inputs: {},
      step: { parameters: { parts: 2 } },
      changes: { inputs: await outside(file, index) },
      command: `ln -s '${file}' in.fq; ln -s '${index}' in.fq.bai; cat in.fq > {job}/outputs/dataset_9.dat
        if [ -e in.fq.bai ]; then echo index; else echo none; fi`,
    });
    expect(view).toMatchObject({ state: 'ok', exitCode: 0, tasks: { total: 2 } });
    expect(await read('outputs/dataset_9.dat')).toBe(reads(4));
    expect(await read('metadata/job_stdout')).toBe('none\nnone\n');
    // As the job would have left them, had it run whole.
    expect(await read('working/in.fq')).toBe(reads(4));
    expect(await read('working/in.fq.bai')).toMatch(/^BAI/);
  });

  it.each<[string, PartsJob['inputs'], Partial<Job>]>([
    [
      'no condition holds',
      { 'dataset_1.dat': reads(5) },
      {
        split: {
          alternatives: [
            {
              when: 'inputs.fastq.bytes > 1000',
              by: [{ strategy: 'records', inputs: ['fastq'], parameters: { parts: 2 } }],
            },
          ],
        },
      },
    ],
    ['there is nothing in what is to be cut', { 'dataset_1.dat': '' }, {}],
  ])('runs whole where %s', async (_, inputs, changes) => {
    const command = 'cat {job}/inputs/dataset_1.dat > {job}/outputs/dataset_9.dat';
    const { view, read } = await run({ inputs, changes, command });
    expect(view).toMatchObject({ state: 'ok', exitCode: 0, tasks: { total: 1 } });
    expect(await read('outputs/dataset_9.dat')).toBe(inputs['dataset_1.dat']);
  });

  it.each<[string, Partial<PartsJob>, RegExp]>([
    [
      'it is not clear which input is meant',
      { inputs: { 'a.dat': reads(2), 'b.dat': '>x\nA\n' } },
      /there are inputs of several formats; say which .*: a.dat \(fastq\), b.dat \(fasta\)/,
    ],
    ['none is as it says', { step: { inputs: ['bam'] } }, /no input is called "bam" or of this format/],
    [
      'there is no such strategy',
      { step: { strategy: 'recrods' } },
      /there is no strategy "recrods"; there are: /,
    ],
    [
      'there is no such merge',
      { merges: { '*.txt': 'concta' }, command: 'echo a part has begun >&2; exit 1' },
      /there is no merge "concta"; there are: /,
    ],
    [
      'an input is malformed',
      { inputs: { 'a.dat': `${reads(2)}@r3\nACGT\n+\nII\n` } },
      /a\.dat.*line 9|line 9.*a\.dat/,
    ],
    [
      'outputs cannot be joined',
      { command: 'printf "\\211PNG$$" > {job}/outputs/dataset_9.dat' },
      /outputs\/dataset_9.dat.*png/,
    ],
  ])('fails where %s, and says so', async (_, given, message) => {
    const { view } = await run({ inputs: { 'a.dat': reads(6) }, command: 'true', ...given });
    expect(view.state).toBe('error');
    expect(view.message).toMatch(message);
  });

  it('goes on where another daemon takes over, with the parts that it had', async () => {
    const job = await partsJob({
      inputs: { 'dataset_1.dat': reads(3) },
      command: `cat {job}/inputs/dataset_1.dat > {job}/outputs/dataset_9.dat
        case $(head -n 1 {job}/inputs/dataset_1.dat) in @r1) ;; *) while [ ! -e ${fixture.at('go')} ]; do sleep 0.1; done;; esac`,
    });
    await daemon.runner.submit(job);
    await until('a part to be done', () => (daemon.runner.job(job.id)?.tasks.finished ?? 0) > 0 || undefined);
    await daemon.stop();
    daemon = await fixture.start();
    await writeFile(fixture.at('go'), '');
    expect(await daemon.runner.ended(job.id)).toMatchObject({
      state: 'ok',
      exitCode: 0,
      tasks: { total: 3 },
    });
    expect(await readFile(path.join(job.directory ?? '', 'outputs/dataset_9.dat'), 'utf8')).toBe(reads(3));
  });
});
