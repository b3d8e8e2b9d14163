import {
  access,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { builtIn } from '@galaxy-mesos/parallelism';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TreesOrder } from './join-order.ts';
import { joinTrees } from './join-trees.ts';

let top: string;
beforeEach(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'join-trees-'));
  await mkdir(path.join(top, 'job'));
});
afterEach(() => rm(top, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

async function write(directory: string, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(top, directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** Parts with these files; each has ended with 0 unless it says otherwise. */
async function parts(...all: readonly Files[]): Promise<void> {
  for (const [index, files] of all.entries()) await write(`part-${index}`, { return_code: '0\n', ...files });
}

const output = (file: string, ...merges: NonNullable<Job['outputs'][number]['merges']>) => ({
  ...{ name: file, file, whenMissing: 'empty' as const, destination: path.join(top, 'job', file) },
  ...(merges.length > 0 && { merges }),
});

/** Which outputs are left out of what was joined last, and why. */
let leftOut: string | undefined;

/** What becomes of the parts. */
async function joined(
  outputs: Job['outputs'] = [],
  skipFailed = false,
  strategyMerges: TreesOrder['strategyMerges'] = [],
): Promise<Record<string, string>> {
  const names = (await readdir(top)).filter((name) => name.startsWith('part-')).sort();
  const destination = path.join(top, 'joined');
  const trees = names.map((name) => ({ path: path.join(top, name) }));
  const order: TreesOrder = {
    ...{ trees, destination, jobDirectory: path.join(top, 'job'), outputs, skipFailed, strategyMerges },
    modules: [],
  };
  leftOut = await joinTrees(order, builtIn, new AbortController().signal);
  const entries = await readdir(destination, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const texts = files.map(async (entry) => {
    const file = path.join(entry.parentPath, entry.name);
    const text = entry.isSymbolicLink() ? `-> ${await readlink(file)}` : await readFile(file, 'utf8');
    return [path.relative(destination, file), text] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

const vcf = (...lines: string[]) =>
  ['##fileformat=VCFv4.2', '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO', ...lines, ''].join('\n');

describe('the trees of the parts of a job become one', () => {
  it('with outputs joined by what is in them, in order', async () => {
    await parts(
      { 'outputs/dataset_1.dat': vcf('c\t1\t.\tA\tC\t.\t.\t.'), 'outputs/dataset_2.dat': 'a\n' },
      { 'outputs/dataset_1.dat': vcf('c\t2\t.\tA\tC\t.\t.\t.'), 'outputs/dataset_2.dat': 'b\n' },
    );
    expect(await joined()).toEqual({
      'outputs/dataset_1.dat': vcf('c\t1\t.\tA\tC\t.\t.\t.', 'c\t2\t.\tA\tC\t.\t.\t.'),
      'outputs/dataset_2.dat': 'a\nb\n',
      return_code: '0\n',
    });
  });

  it('with equal outputs one after the other, and what Galaxy does not ask for once', async () => {
    const same = { 'outputs/dataset_1.dat': '7\n', 'working/found.txt': '7\n', 'working/log.txt': 'x\n' };
    await parts(same, same);
    const files = await joined([output('working/found.txt'), output('outputs/dataset_1.dat')]);
    expect(files).toMatchObject({
      'outputs/dataset_1.dat': '7\n7\n',
      'working/found.txt': '7\n7\n',
      'working/log.txt': 'x\n',
    });
  });

  it('with an output left out by parts that have not touched what was there before', async () => {
    await write('job', { 'outputs/dataset_1.dat': '', 'working/given': 'as it was' });
    const untouched = { 'outputs/dataset_1.dat': '', 'working/given': 'as it was' };
    await parts(untouched, { ...untouched, 'outputs/dataset_1.dat': vcf() }, untouched);
    expect(await joined()).toMatchObject({ 'outputs/dataset_1.dat': vcf(), 'working/given': 'as it was' });
  });

  it('with the streams in order, and the times of the first and the last', async () => {
    const metadata = (text: string, start: string, end: string): Files => ({
      'metadata/tool_stdout': `${text}\n`,
      'metadata/tool_stderr': `no ${text}`,
      'metadata/__instrument_core_epoch_start': `${start}\n`,
      'metadata/__instrument_core_epoch_end': `${end}\n`,
      'metadata/__instrument_core_galaxy_slots': '2\n',
    });
    await parts(metadata('one', '12', '17'), metadata('two', '10', '15'));
    expect(await joined()).toEqual({
      'metadata/tool_stdout': 'one\ntwo\n',
      'metadata/tool_stderr': 'no oneno two',
      'metadata/__instrument_core_epoch_start': '10\n',
      'metadata/__instrument_core_epoch_end': '17\n',
      'metadata/__instrument_core_galaxy_slots': '2\n',
      return_code: '0\n',
    });
  });

  it('with what the first part says that has failed', async () => {
    await parts(
      { 'galaxy_7.ec': '0\n' },
      { 'galaxy_7.ec': '3\n', return_code: '3\n' },
      { 'galaxy_7.ec': '4\n', return_code: '4\n' },
    );
    expect(await joined()).toEqual({ 'galaxy_7.ec': '3\n', return_code: '3\n' });
  });

  it('without the outputs of parts that have failed, where they may, and says which', async () => {
    const made = (text: string, code: string): Files => ({
      'outputs/dataset_1.dat': text,
      'metadata/tool_stderr': `no ${text}`,
      return_code: `${code}\n`,
    });
    await parts(made('a\n', '3'), made('b\n', '0'), made('c\n', '137'), made('d\n', '0'));
    expect(await joined([], true)).toEqual({
      'outputs/dataset_1.dat': 'b\nd\n',
      'metadata/tool_stderr':
        'no a\nno b\nno c\nno d\ngalaxy-mesos: left out of the results: part 1 (exit code 3), part 3 (exit code 137)\n',
      return_code: '0\n',
    });
  });

  it('with the failure of the first where all have failed, whether or not they may', async () => {
    await parts({ return_code: '5\n' }, { return_code: '6\n' });
    expect(await joined([], true)).toEqual({ return_code: '5\n' });
  });

  it('without an exit code where a part tells none', async () => {
    await parts({}, {});
    await rm(path.join(top, 'part-1/return_code'));
    expect(await joined()).toEqual({});
  });

  it('with the files that a tool has found in any part, and what it tells of them', async () => {
    await parts(
      {
        'working/split/a.txt': '1\n',
        'working/split/b.txt': '2\n',
        'working/galaxy.json': '{"a":1}\n{"b":2}\n',
      },
      {
        'working/split/b.txt': '3\n',
        'working/split/deep/c.txt': '4\n',
        'working/galaxy.json': '{"b":2}\n{"c":3}\n',
      },
    );
    expect(await joined()).toMatchObject({
      'working/split/a.txt': '1\n',
      'working/split/b.txt': '2\n3\n',
      'working/split/deep/c.txt': '4\n',
      'working/galaxy.json': '{"a":1}\n{"b":2}\n{"c":3}\n',
    });
  });

  it('with the version of the tool once', async () => {
    await parts({ 'outputs/COMMAND_VERSION': '1.0\n' }, { 'outputs/COMMAND_VERSION': '1.0\n' });
    expect(await joined()).toMatchObject({ 'outputs/COMMAND_VERSION': '1.0\n' });
  });

  it('with links that lead where those of all parts lead', async () => {
    await parts({ 'working/x': '' }, { 'working/x': '' });
    for (const part of ['part-0', 'part-1'])
      await symlink('/job/inputs/in', path.join(top, part, 'working/link'));
    expect(await joined()).toMatchObject({ 'working/link': '-> /job/inputs/in' });
  });

  it('as the destination says, by pattern, by format, or for all outputs', async () => {
    const files: Files = {
      'working/plot.png': 'png',
      'outputs/dataset_1.dat': vcf(),
      'outputs/dataset_2.dat': '5\n',
    };
    await parts(files, { ...files, 'working/plot.png': 'other', 'outputs/dataset_2.dat': '6\n' });
    const outputs = [
      output('*.png', { merge: 'first' }),
      output('vcf', { merge: 'first' }),
      output('*', { merge: 'none' }),
    ];
    expect(await joined(outputs)).toMatchObject({
      'working/plot.png': 'png',
      'outputs/dataset_1.dat': vcf(),
      'outputs/dataset_2.dat': '',
    });
    await rm(path.join(top, 'joined'), { recursive: true });
    const byName = await joined([output('dataset_2.*', { merge: 'concat' })]);
    expect(byName['outputs/dataset_2.dat']).toBe('5\n6\n');
  });

  it('as the strategy says by format, where the destination says nothing and it is not what goes without saying', async () => {
    const variant = 'c\t1\t.\tA\tC\t.\t.\t.';
    const files = { 'outputs/dataset_1.dat': vcf(variant), 'outputs/dataset_2.dat': 'a\t1\nb\t0\n' };
    await parts(files, files);
    const strategyMerges = [
      { format: 'vcf', merge: { merge: 'vcf', parameters: { duplicates: 'remove' } } },
      { format: 'tabular', merge: { merge: 'header', parameters: { format: 'tabular' } } },
    ];
    const expected = {
      'outputs/dataset_1.dat': vcf(variant),
      'outputs/dataset_2.dat': 'a\t1\nb\t0\na\t1\nb\t0\n',
    };
    expect(await joined([], false, strategyMerges)).toMatchObject(expected);
    await rm(path.join(top, 'joined'), { recursive: true });
    const kept = { 'outputs/dataset_1.dat': vcf(variant, variant) };
    expect(await joined([output('*', { merge: 'vcf' })], false, strategyMerges).catch(String)).toMatch(
      /dataset_2/,
    );
    await rm(path.join(top, 'joined'), { recursive: true });
    expect(await joined([output('vcf', { merge: 'vcf' })], false, strategyMerges)).toMatchObject(kept);
  });

  it('with the first of what cannot be joined, if Galaxy does not ask for it, and a line that says so', async () => {
    await parts({ 'working/plot.png': 'one' }, { 'working/plot.png': 'two' });
    const files = await joined();
    expect(files['working/plot.png']).toBe('one');
    expect(files['metadata/job_stderr']).toMatch(
      /^galaxy-mesos: working\/plot.png is the one of the first part: /,
    );
  });
});

describe('an output that Galaxy asks for and that cannot be joined', () => {
  const plots = (code: string) =>
    [1, 2].map((part) => ({ 'outputs/plot.png': `${part}`, return_code: `${code}\n` }));

  it('fails the job, by name', async () => {
    await parts(...plots('0'));
    await expect(joined()).rejects.toThrow('outputs/plot.png');
  });

  it('fails the job also where a part took it away, and is noted where a part has made none', async () => {
    await write('job', { 'outputs/dataset_1.dat': '' });
    const made = { 'outputs/dataset_1.dat': 'a\n' };
    await parts(made, {}, made);
    const outputs = [output('working/found.txt'), output('outputs/dataset_1.dat')];
    await expect(joined(outputs)).rejects.toThrow('outputs/dataset_1.dat: part 2 took it away');
    await rm(path.join(top, 'joined'), { recursive: true });
    await parts({ 'working/found.txt': 'x\n' }, made);
    const files = await joined(outputs);
    expect(files['metadata/job_stderr']).toBe('galaxy-mesos: working/found.txt: parts 2, 3 made none\n');
  });

  it("is left out where parts have failed, which keeps nobody from seeing why, and never the first part's", async () => {
    const [one, other] = plots('1');
    await write('job', { 'outputs/dataset_1.dat': '', 'outputs/dataset_2.dat': '' });
    const made = { 'outputs/dataset_2.dat': 'a\n', 'metadata/tool_stderr': 'no\n' };
    await parts({ ...one, ...made, 'outputs/dataset_1.dat': 'a\n' }, { ...other, ...made });
    expect(await joined([output('outputs/dataset_1.dat')])).toEqual({
      'outputs/dataset_2.dat': 'a\na\n',
      'metadata/tool_stderr': 'no\nno\n',
      return_code: '1\n',
    });
    expect(leftOut).toMatch(
      /^part 1 \(exit code 1\) has failed, .* left out: outputs\/dataset_1.dat: part 2 took it away; outputs\/plot.png: .*png/,
    );
  });

  it.each(['../working/plot.png', '/job/working/plot.png', '../working/link'])(
    'fails the job also where the output is a link to it: %s',
    async (target) => {
      await parts({ 'working/plot.png': 'one' }, { 'working/plot.png': 'two' });
      for (const part of ['part-0', 'part-1']) {
        await mkdir(path.join(top, part, 'outputs'));
        await symlink('plot.png', path.join(top, part, 'working/link'));
        await symlink(target.replace(/^(?=\/)/, top), path.join(top, part, 'outputs/dataset_1.dat'));
      }
      await expect(joined()).rejects.toThrow('working/plot.png');
    },
  );
});

describe('what is one thing in one part and another thing in another', () => {
  it('is told by name', async () => {
    await parts({ 'working/a/b': '' }, { 'working/a': '' });
    await expect(joined()).rejects.toThrow(
      'working/a is a directory in part 1, and something else in part 2',
    );
    await expect(access(path.join(top, 'joined/return_code'))).rejects.toThrow();
  });
});
