import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
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
    for (const old of ['old', 'collection.tsv']) await writeFile(path.join(destination, old), 'old');
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
    const place = fixture.at('jobs', 'again', 'joined-out');
    // Only of the second task, so that the job is there.
    const command = `[ {k} = 1 ] || { mkdir -p '${place}' && echo half > '${place}/merged'; }; echo {k} > out.txt`;
    await runner.submit(jobOf('again', command, { merges: [{ merge: 'sum' }] }));
    expect(await runner.ended('again')).toMatchObject({ state: 'ok' });
    expect(await fixture.read('results', 'again.txt')).toBe('3\n');
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
