import { existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RunnerFixture } from './runner-fixture.ts';

// Real processes of this machine, and a real store: what a daemon without a cluster is.

let fixture: RunnerFixture;
beforeEach(() => {
  fixture = new RunnerFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

/** Waits until something holds, as long as the test may take. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(20);
}

describe('a runner on this machine', () => {
  test('runs a job, moves its result into place, and tells of all that in order', async () => {
    const { runner, events } = await fixture.start();
    const taken = await runner.submit(fixture.plainJob('one', 'echo done > out.txt', { owner: 'galaxy' }));
    expect(taken).toMatchObject({ id: 'one', state: 'new', owner: 'galaxy' });
    const end = await runner.ended('one');
    expect(end).toMatchObject({ state: 'ok', tasks: { total: 1, finished: 1 }, exitCode: 0 });
    expect(await fixture.read('results', 'one.txt')).toBe('done\n');
    const states = events.flatMap((event) => (event.type === 'job' ? [event.job.state] : []));
    expect(states).toEqual(['new', 'queued', 'running', 'ok']);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    expect(events.every(({ owner }) => owner === 'galaxy')).toBe(true);
    expect(await runner.events({ after: 0, limit: 1000 })).toEqual(events);
  });

  test('splits a job, and joins what its parts made', async () => {
    const genes = fixture.at('genes.fasta');
    const records = Array.from({ length: 20 }, (_, index) => `>gene${index}\nACGT\n`);
    await writeFile(genes, records.join(''));
    const { size, mtimeMs } = await stat(genes);
    const { runner } = await fixture.start();
    await runner.submit(
      fixture.plainJob('split', "grep '>' part.fasta > out.txt", {
        inputs: [{ name: 'genes', path: genes, size, modifiedAt: mtimeMs, partName: 'part.fasta' }],
        split: {
          alternatives: [
            { by: [{ strategy: 'records', inputs: ['genes'], parameters: { format: 'fasta', parts: 4 } }] },
          ],
        },
      }),
    );
    expect(await runner.ended('split')).toMatchObject({ state: 'ok', tasks: { total: 4, finished: 4 } });
    const lines = Array.from({ length: 20 }, (_, index) => `>gene${index}\n`);
    expect(await fixture.read('results', 'split.txt')).toBe(lines.join(''));
  });

  test('leaves the end of a command in a job directory to others to judge', async () => {
    const { runner } = await fixture.start();
    const command = 'cat {job}/inputs/in.txt > {job}/outputs/out.txt; echo said; echo wrong >&2; exit 3';
    await runner.submit(await fixture.directoryJob('galaxy-1', command));
    expect(await runner.ended('galaxy-1')).toMatchObject({ state: 'ok', exitCode: 3 });
    expect(await fixture.read('staging', 'galaxy-1', 'outputs', 'out.txt')).toBe('what is read\n');
    expect(await runner.tail('galaxy-1', { stream: 'stdout', maximumBytes: 100 })).toBe('said\n');
    expect(await runner.tail('galaxy-1', { stream: 'stderr', maximumBytes: 4 })).toBe('ong\n');
  });

  test('ends what runs of a cancelled job, and removes all that was kept for it', async () => {
    const { runner } = await fixture.start();
    await runner.submit(await fixture.directoryJob('long', `sleep 600`));
    await until(() => runner.job('long')?.state === 'running');
    expect(await runner.cancel('long')).toMatchObject({ state: 'deleted' });
    expect(existsSync(fixture.at('jobs', 'long'))).toBe(true);
    await runner.remove('long');
    expect(existsSync(fixture.at('jobs', 'long'))).toBe(false);
    expect(runner.job('long')).toBeUndefined();
    expect(await fixture.start().catch((error: unknown) => String(error))).toContain('LOCKED');
  });

  test('puts into its directory what a job had made before it was cancelled', async () => {
    const { runner } = await fixture.start();
    const command = `echo half > {job}/outputs/out.txt; touch ${fixture.at('begun')}; sleep 600`;
    await runner.submit(await fixture.directoryJob('half', command));
    await until(() => existsSync(fixture.at('begun')));
    expect(await runner.cancel('half')).toMatchObject({ state: 'deleted' });
    await until(() => existsSync(fixture.at('staging', 'half', 'outputs', 'out.txt')));
    expect(await fixture.read('staging', 'half', 'outputs', 'out.txt')).toBe('half\n');
    expect(runner.job('half')).toMatchObject({ state: 'deleted' });
  });

  test('finds what went on running while nobody looked, and delivers it', async () => {
    const first = await fixture.start();
    const gate = fixture.at('gate');
    const command = `while [ ! -e ${gate} ]; do sleep 0.1; done; echo made > {job}/outputs/out.txt`;
    await first.runner.submit(await fixture.directoryJob('kept', command));
    await first.runner.submit(fixture.plainJob('paused', 'echo x > out.txt'), { paused: true });
    await until(() => first.runner.job('kept')?.state === 'running');
    await first.stop();
    await writeFile(gate, '');
    const second = await fixture.start();
    expect(await second.runner.ended('kept')).toMatchObject({ state: 'ok', exitCode: 0 });
    expect(await fixture.read('staging', 'kept', 'outputs', 'out.txt')).toBe('made\n');
    expect(second.runner.tasks('kept')[0]?.attempts).toHaveLength(1);
    expect(second.runner.job('paused')).toMatchObject({ state: 'paused', tasks: { total: 0 } });
    await second.runner.resume('paused');
    expect(await second.runner.ended('paused')).toMatchObject({ state: 'ok' });
  });

  test('tries a job again whose reason to fail is gone', async () => {
    const { runner } = await fixture.start();
    const flag = fixture.at('flag');
    await runner.submit(
      fixture.plainJob('again', `[ -e ${flag} ] || { echo no flag >&2; exit 7; }; echo x > out.txt`),
    );
    expect(await runner.ended('again')).toMatchObject({
      state: 'error',
      exitCode: 7,
      message: 'ended with exit code 7: no flag',
    });
    await writeFile(flag, '');
    expect(await runner.retry('again')).toMatchObject({ state: 'queued' });
    const end = await runner.ended('again');
    expect(end).toMatchObject({ state: 'ok', exitCode: 0 });
    expect(end.message).toBeUndefined();
  });

  test('says when a job exceeded its walltime', async () => {
    const { runner } = await fixture.start();
    await runner.submit(await fixture.directoryJob('slow', 'sleep 600', { walltime: 1 }));
    expect(await runner.ended('slow')).toMatchObject({
      state: 'error',
      message: 'exceeded its walltime of 1 s',
    });
  });

  test('gives more memory to a job that ran out of it, and says how much it had in the end', async () => {
    const { runner } = await fixture.start();
    // What comes last may take the place of the shell, and what the shell holds is free then.
    const hungry = "x=$(head -c 80000000 /dev/zero | tr '\\0' x); sleep 600; true";
    const job = await fixture.directoryJob('hungry', hungry, {
      resources: { cpus: 0.1, mem: 24, disk: 0 },
      outOfMemory: { factor: 2, maximum: 48 },
    });
    await runner.submit(job);
    expect(await runner.ended('hungry')).toMatchObject({
      state: 'error',
      message: 'ran out of memory at 48 MiB',
    });
    expect(runner.tasks('hungry')[0]?.attempts).toHaveLength(2);
  });

  test('lists jobs by owner and state, from one on', async () => {
    await mkdir(fixture.at('results'));
    const { runner } = await fixture.start();
    for (const id of ['a', 'b', 'c', 'd']) {
      const owner = id === 'b' ? 'other' : 'galaxy';
      await runner.submit(fixture.plainJob(id, 'echo > out.txt', { owner }), { paused: id !== 'a' });
    }
    await runner.ended('a');
    const ids = (query: Parameters<typeof runner.jobs>[0]) => runner.jobs(query).map(({ id }) => id);
    expect(ids({})).toEqual(['a', 'b', 'c', 'd']);
    expect(ids({ owner: 'galaxy', states: ['paused'] })).toEqual(['c', 'd']);
    expect(ids({ after: 'b', limit: 1 })).toEqual(['c']);
    expect(ids({ after: 'nobody' })).toEqual([]);
    expect(runner.agents()).toHaveLength(1);
    expect(await runner.metrics()).toContain('galaxy_mesos_jobs{state="paused"} 3');
  });
});
