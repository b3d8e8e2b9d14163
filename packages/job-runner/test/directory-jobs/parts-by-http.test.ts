import { access, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stagingDoor } from '@galaxy-mesos/front-doors';
import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { directoryJobs } from '@galaxy-mesos/job-runner';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Daemon, RunnerFixture } from '../runner-fixture.ts';
import { until } from './until.ts';

const timeout = 120_000;

const reads = (count: number) =>
  Array.from({ length: count }, (_, index) => `@r${index + 1}\nACGT\n+\nIIII\n`).join('');

describe('a job in parts whose files travel by HTTP', { timeout }, () => {
  let fixture: RunnerFixture;
  let daemon: Daemon;
  let app: FastifyInstance;

  beforeEach(async () => {
    fixture = new RunnerFixture();
    app = Fastify({ forceCloseConnections: true });
    await app.register(stagingDoor, { jobs: { staged: (jobId) => daemon.service.staged(jobId) } });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    daemon = await fixture.start({ directories: directoryJobs({ mode: 'http', url, patienceSeconds: 60 }) });
  });
  afterEach(async () => {
    await app.close();
    await fixture[Symbol.asyncDispose]();
  });

  const at = (...names: string[]) => fixture.at('jobs', 'o.m.7', ...names);
  const isGone = (file: string) =>
    access(file).then(
      () => undefined,
      () => true,
    );

  /** Cuts a FASTQ file that is in its directory, or beside it, in two. */
  async function twoParts(command: string, isOutside: boolean): Promise<Job> {
    const job = await fixture.directoryJob('o.m.7', command);
    const directory = job.directory ?? '';
    const file = isOutside ? fixture.at('reads.fq') : path.join(directory, 'inputs/dataset_1.dat');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, reads(5));
    const { size, mtimeMs } = await stat(file);
    const partName = isOutside ? 'inputs/.outside-0/reads.fq' : 'inputs/dataset_1.dat';
    const output = 'outputs/dataset_9.dat';
    const destination = path.join(directory, output);
    await writeFile(destination, '');
    return {
      ...job,
      inputs: [{ name: partName, path: file, partName, size, modifiedAt: mtimeMs }],
      outputs: [{ name: output, file: output, whenMissing: 'empty', destination }],
      split: { alternatives: [{ by: [{ strategy: 'records', inputs: [], parameters: { parts: 2 } }] }] },
    };
  }

  it('sends each part its slice, which is gone as soon as the part is done', async () => {
    const job = await twoParts(
      `cat {job}/inputs/dataset_1.dat > {job}/outputs/dataset_9.dat
        case $(head -n 1 {job}/inputs/dataset_1.dat) in @r1) ;; *) while [ ! -e ${fixture.at('go')} ]; do sleep 0.1; done;; esac`,
      false,
    );
    await daemon.runner.submit(job);
    await until('the second part to have its slice', async () => {
      const names = await readdir(at('parts', '000001.slices')).catch(() => []);
      return names.find((name) => !name.startsWith('.'));
    });
    const isFirstDone = () => daemon.runner.job(job.id)?.tasks.finished === 1 || undefined;
    await until('the first part to be done', isFirstDone);
    await until('its slice to be gone', () => isGone(at('parts', '000000.slices')));
    expect(await isGone(at('parts', '000001.slices'))).toBeUndefined();
    await writeFile(fixture.at('go'), '');
    expect(await daemon.runner.ended(job.id)).toMatchObject({ state: 'ok', tasks: { total: 2 } });
    expect(await readFile(path.join(job.directory ?? '', 'outputs/dataset_9.dat'), 'utf8')).toBe(reads(5));
  });

  it('brings together again what comes of an input that agents do not see, also by a link to it', async () => {
    const job = await twoParts(
      `cat '${fixture.at('reads.fq')}' > {job}/working/copy.fq; ln -s -f '${fixture.at('reads.fq')}' {job}/outputs/dataset_9.dat`,
      true,
    );
    await daemon.runner.submit(job);
    expect(await daemon.runner.ended(job.id)).toMatchObject({ state: 'ok', exitCode: 0 });
    for (const file of ['working/copy.fq', 'outputs/dataset_9.dat'])
      expect(await readFile(path.join(job.directory ?? '', file), 'utf8')).toBe(reads(5));
  });

  it('runs whole with whole inputs where its condition says so, whatever an earlier plan has left', async () => {
    const job = await twoParts('cp {job}/inputs/dataset_1.dat {job}/outputs/dataset_9.dat', false);
    await mkdir(at('parts'), { recursive: true });
    await writeFile(at('parts', '000000.json'), JSON.stringify({ names: ['inputs/dataset_1.dat'] }));
    await writeFile(
      at('parts', '000000'),
      'mkdir inputs && echo stale > inputs/dataset_1.dat\npart_taken=yes\n',
    );
    const [first] = job.split?.alternatives ?? [];
    await daemon.runner.submit({
      ...job,
      split: { alternatives: [{ by: first?.by ?? [], when: 'inputs.fastq.bytes > 100000' }] },
    });
    expect(await daemon.runner.ended(job.id)).toMatchObject({ state: 'ok', tasks: { total: 1 } });
    expect(await readFile(path.join(job.directory ?? '', 'outputs/dataset_9.dat'), 'utf8')).toBe(reads(5));
  });
});
