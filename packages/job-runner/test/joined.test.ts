import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { joinHere } from '../src/join/join-here.ts';
import { RunnerFixture } from './runner-fixture.ts';

// Real processes of this machine: the tasks, and the program that joins what they made.

let fixture: RunnerFixture;
beforeEach(() => {
  fixture = new RunnerFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

const sweep = {
  alternatives: [
    { by: [{ strategy: 'sweep', inputs: [], parameters: { values: { k: [1, 2], word: ['a b'] } } }] },
  ],
};

/** A job of the fixture with its one output changed. */
function jobOf(id: string, command: string, output: Partial<Job['outputs'][number]>): Job {
  const job = fixture.plainJob(id, command, { split: sweep });
  return { ...job, outputs: job.outputs.map((one) => ({ ...one, ...output })) };
}

describe('results that are joined beside the runner', () => {
  test('come to be one file, with what is known of the parts', async () => {
    const { runner } = await fixture.start();
    await runner.submit(jobOf('table', 'echo {k}{word} > out.txt', { merges: [{ merge: 'table' }] }));
    expect(await runner.ended('table')).toMatchObject({ state: 'ok', tasks: { total: 2, finished: 2 } });
    const lines = (await fixture.read('results', 'table.txt')).trimEnd().split('\n');
    expect(lines.slice(-2)).toEqual(['1\ta b\t1a b', '2\ta b\t2a b']);
  });

  test('come to be a directory where the merge makes one, in the place of an earlier one', async () => {
    const { runner } = await fixture.start();
    const destination = fixture.at('results', 'all');
    await mkdir(destination, { recursive: true });
    await writeFile(path.join(destination, 'old'), 'old');
    await writeFile(path.join(destination, 'collection.tsv'), '#element\tfile\n1\told\n');
    await runner.submit(jobOf('all', 'echo {k} > out.txt', { destination }));
    expect(await runner.ended('all')).toMatchObject({ state: 'ok' });
    const files = await readdir(destination);
    expect(files).toHaveLength(3);
    expect(files).toContain('collection.tsv');
    expect(await fixture.read('results', 'all', files.find((file) => file.startsWith('2')) ?? '')).toBe(
      '2\n',
    );
    expect((await readdir(fixture.at('results'))).filter((file) => file.startsWith('.'))).toEqual([]);
  });

  test('are joined anew where an earlier process was killed while it did so', async () => {
    const { runner } = await fixture.start();
    const joins = fixture.at('jobs', 'again', 'joins');
    // Only of the second task, so that the job is there.
    const leave = (name: string) =>
      `mkdir -p '${joins}/${name}' && echo half > '${joins}/${name}/merged.half'`;
    const command = `[ {k} = 1 ] || { ${leave('.joining-1')} && ${leave('out-n0')}; }; echo {k} > out.txt`;
    await runner.submit(jobOf('again', command, { merges: [{ merge: 'sum' }] }));
    expect(await runner.ended('again')).toMatchObject({ state: 'ok' });
    expect(await fixture.read('results', 'again.txt')).toBe('3\n');
  });

  test('are joined again where they could not be put into their place before', async () => {
    const { runner } = await fixture.start();
    const destination = fixture.at('results', 'full');
    await mkdir(destination, { recursive: true });
    await writeFile(path.join(destination, 'thesis.txt'), 'years of work');
    await runner.submit(jobOf('full', 'echo {k} > out.txt', { destination }));
    expect(await runner.ended('full')).toMatchObject({
      state: 'error',
      message: expect.stringContaining('holds something else'),
    });
    expect(await fixture.read('results', 'full', 'thesis.txt')).toBe('years of work');
    await rm(path.join(destination, 'thesis.txt'));
    await runner.retry('full');
    expect(await runner.ended('full')).toMatchObject({ state: 'ok' });
    expect(await readdir(destination)).toHaveLength(3);
  });

  test('are joined for each part of a step, and these kept apart by the step around it', async () => {
    const { runner } = await fixture.start();
    const genes = fixture.at('lines.txt');
    const lines = Array.from({ length: 40 }, (_, index) => `line ${index}\n`);
    await writeFile(genes, lines.join(''));
    const { size, mtimeMs } = await stat(genes);
    const input = { name: 'lines', path: genes, size, modifiedAt: mtimeMs, partName: 'part.txt' };
    const inner = { strategy: 'records', inputs: ['lines'], parameters: { format: 'text', parts: 5 } };
    const split = { alternatives: [{ by: [...(sweep.alternatives[0]?.by ?? []), inner] }] };
    const job = jobOf('nested', 'sed "s/^/{k} /" part.txt > out.txt', {
      destination: fixture.at('results', 'nested'),
    });
    await runner.submit({ ...job, inputs: [input], split });
    expect(await runner.ended('nested')).toMatchObject({ state: 'ok' });
    const files = (await readdir(fixture.at('results', 'nested'))).sort();
    expect(files).toEqual(['1_k=1_word=a_b.txt', '2_k=2_word=a_b.txt', 'collection.tsv']);
    for (const k of [1, 2]) {
      const all = await fixture.read('results', 'nested', files[k - 1] ?? '');
      expect(all).toBe(lines.map((line) => `${k} ${line}`).join(''));
    }
    const table = await fixture.read('results', 'nested', 'collection.tsv');
    expect(table.split('\n').map((row) => row.split('\t').slice(3))).toEqual([
      ['k', 'word'],
      ['1', 'a b'],
      ['2', 'a b'],
      [],
    ]);
  });

  test.runIf(process.geteuid?.() === 0)('are read, joined and put in place as whose job it is', async () => {
    const nobody = { uid: 65_534, gid: 65_534 };
    await chmod(fixture.root, 0o755);
    await mkdir(fixture.at('results'));
    await chown(fixture.at('results'), nobody.uid, nobody.gid);
    const { runner } = await fixture.start({ runAs: 'nobody', attemptsOwner: nobody });
    await runner.submit(jobOf('theirs', 'id -u > out.txt', { destination: fixture.at('results', 'theirs') }));
    expect(await runner.ended('theirs')).toMatchObject({ state: 'ok' });
    const files = await readdir(fixture.at('results', 'theirs'));
    expect(files).toHaveLength(3);
    for (const file of files) {
      expect(await stat(fixture.at('results', 'theirs', file))).toMatchObject(nobody);
    }
  });

  test('are reduced by a command in a tree of tasks, as one that has them all at once would', async () => {
    const { runner } = await fixture.start();
    const parts = 20;
    const by = [{ strategy: 'replicate', inputs: [], parameters: { replicates: parts } }];
    const merges = [{ reduce: 'sort -n -m {parts} > {output}', arity: 3 }];
    const job = jobOf('sorted', 'seq {seed} 7 $(({seed} + 70)) > out.txt', { merges });
    await runner.submit({ ...job, split: { alternatives: [{ by }] } });
    const nodes = 7 + 3 + 1;
    expect(await runner.ended('sorted')).toMatchObject({ state: 'ok', tasks: { finished: parts + nodes } });
    const numbers = (await fixture.read('results', 'sorted.txt')).trimEnd().split('\n').map(Number);
    expect(numbers).toHaveLength(parts * 11);
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
  });

  test('fail the job where they do not fit together, with what is wrong with which', async () => {
    const { runner } = await fixture.start();
    const command = '[ {k} = 1 ] && echo 1 > out.txt || echo one > out.txt';
    await runner.submit(jobOf('wrong', command, { merges: [{ merge: 'sum' }] }));
    const end = await runner.ended('wrong');
    expect(end).toMatchObject({ state: 'error', message: expect.stringContaining('part 2') });
    expect(existsSync(fixture.at('results', 'wrong.txt'))).toBe(false);
  });
});

describe('the program that joins', () => {
  const order = async (merge: string) => {
    const part = fixture.at('part');
    await writeFile(part, 'x 1\n'.repeat(1_000_000));
    return { merge: { merge }, modules: [], parts: [{ path: part }], destination: fixture.at('merged') };
  };

  test('stops when it is told to, and leaves nothing under the name of the result', async () => {
    const stop = new AbortController();
    const joined = joinHere(await order('sorted'), stop.signal);
    stop.abort(new Error('enough'));
    await expect(joined).rejects.toThrow('enough');
    expect(existsSync(fixture.at('merged'))).toBe(false);
  });

  test('says what is wrong with what it was asked for', async () => {
    const never = new AbortController().signal;
    await expect(joinHere(await order('glue'), never)).rejects.toThrow('[UNKNOWN_MERGE]');
    await expect(joinHere(await order('concat'), never)).rejects.toThrow('is done by a task');
  });

  test('takes more parts than fit into one line of a pipe', async () => {
    const { merge, parts, destination } = await order('first');
    const many = Array.from({ length: 20_000 }, () => parts[0] ?? { path: '' });
    await joinHere({ merge, modules: [], parts: many, destination }, new AbortController().signal);
    expect((await stat(destination)).size).toBe(4_000_000);
  });
});
