import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MesosDriver } from '@galaxy-mesos/drivers';
import { stagingDoor } from '@galaxy-mesos/front-doors';
import type { Job, JobView } from '@galaxy-mesos/galaxy-jobs';
import { directoryJobs, type JobRunner } from '@galaxy-mesos/job-runner';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../../test-fixtures/real-mesos/real-mesos.ts';
import { RunnerFixture } from '../runner-fixture.ts';
import { until } from './until.ts';

/** Minutes, where two cores run a cluster, other tests, and a task that was given up. */
const timeout = 300_000;

/** As whom tasks run that must not see the directories of the daemon; only root can start others' processes. */
const stranger = process.getuid?.() === 0 ? 'nobody' : undefined;

describe.skipIf(!requireRealMesos()).each(['shared', 'http'] as const)(
  'directory jobs on a real Mesos, staging %s',
  { timeout },
  (mode) => {
    let cluster: RealMesos;
    let fixture: RunnerFixture;
    let door: FastifyInstance | undefined;
    let port = 0;
    let runner: JobRunner;

    const openDoor = async () => {
      door = Fastify({ forceCloseConnections: true });
      await door.register(stagingDoor, { jobs: runner });
      await door.listen({ host: '127.0.0.1', port });
      const address = door.server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      port = address.port;
    };
    const closeDoor = () => door?.close() ?? Promise.resolve();
    const staging =
      mode === 'shared'
        ? { mode }
        : {
            mode,
            get url() {
              return `http://127.0.0.1:${port}`;
            },
          };

    /** Answers the job when it has ended. */
    const run = async (job: Job): Promise<JobView> => {
      await runner.submit(job);
      return runner.ended(job.id);
    };
    const of = (job: Job, file: string) => path.join(job.directory ?? '', file);
    const text = (job: Job, file: string) => readFile(of(job, file), 'utf8');
    const running = (job: Job, attempts: number) =>
      until(`attempt ${attempts} to run`, () => {
        const found = runner.tasks(job.id)[0]?.attempts ?? [];
        return found.length >= attempts && found.at(-1)?.state === 'TASK_RUNNING' ? found : undefined;
      });

    beforeAll(async () => {
      const agent = { resources: 'cpus:2;mem:1024;disk:4096' };
      cluster = await startMesos({ agents: [agent, agent], separateProcesses: true });
      // Sandboxes are below, and tasks may run as somebody else.
      await chmod(cluster.folder, 0o711);
    }, timeout);
    afterAll(() => cluster?.stop());

    beforeEach(async () => {
      fixture = new RunnerFixture();
      if (mode === 'http') port = 0;
      const started = await fixture.start({
        directories: directoryJobs(staging),
        schedulerOptions: { retryDelay: 0.05, unreachablePatience: 0.1 },
        makeDriver: async () =>
          new MesosDriver({
            master: cluster.url,
            frameworkName: 'directory jobs',
            ...(mode === 'http' && stranger !== undefined && { user: stranger }),
          }),
      });
      ({ runner } = started);
      if (mode === 'http') await openDoor();
    }, timeout);
    afterEach(async () => {
      await fixture[Symbol.asyncDispose]();
      await closeDoor();
    });

    it('works in parts that have their slices, and puts together what they bring back', async () => {
      const records = ['>a\nAC\n', '>b\nGT\n', '>c\nAA\n'];
      const file = fixture.at('staging', 'o.m.parts', 'inputs', 'dataset_1.dat');
      const partName = 'inputs/dataset_1.dat';
      const parts = { strategy: 'records', inputs: ['fasta'], parameters: { size: 1 } };
      const job = await fixture.directoryJob(
        'o.m.parts',
        'cat {job}/inputs/in.txt; cat {job}/inputs/dataset_1.dat >&2; cp {job}/inputs/dataset_1.dat {job}/outputs/out.dat',
        {
          inputs: [{ name: partName, path: file, partName, size: 0, modifiedAt: 0 }],
          split: { alternatives: [{ by: [parts] }] },
        },
      );
      await writeFile(file, records.join(''));
      const { state, exitCode, tasks } = await run(job);
      expect({ state, exitCode, total: tasks.total }).toEqual({ state: 'ok', exitCode: 0, total: 3 });
      expect(await text(job, 'outputs/out.dat')).toBe(records.join(''));
      expect(await text(job, 'metadata/job_stderr')).toBe(records.join(''));
      expect(await text(job, 'metadata/job_stdout')).toBe('what is read\n'.repeat(3));
      expect(await text(job, partName)).toBe(records.join(''));
    });

    it('runs a tool, whose exit code is Galaxy’s to judge', async () => {
      const job = await fixture.directoryJob(
        'one',
        'cat {job}/inputs/in.txt > {job}/outputs/out.txt; id -un > who; echo "$PWD" > where; exit 3',
      );
      expect(await run(job)).toMatchObject({ state: 'ok', exitCode: 3 });
      expect(await text(job, 'outputs/out.txt')).toBe('what is read\n');
      expect(await text(job, 'working/where')).not.toContain(`${job.directory}/`);
      expect(await text(job, 'return_code')).toBe('3\n');
      expect(await readdir(fixture.at('jobs', 'one'))).not.toContain('attempts');
    });

    it.skipIf(mode === 'shared' || stranger === undefined)(
      'needs nothing of the daemon’s directories: tasks run as a user who may not even enter them',
      async () => {
        await chmod(fixture.root, 0o700);
        const job = await fixture.directoryJob(
          'unseen',
          `id -un > who; cat {job}/inputs/in.txt > ../outputs/o; ls ${fixture.root} > seen 2>&1; true`,
        );
        expect(await run(job)).toMatchObject({ state: 'ok', exitCode: 0 });
        expect(await text(job, 'working/who')).toBe(`${stranger}\n`);
        expect(await text(job, 'working/seen')).toContain('Permission denied');
        expect(await text(job, 'outputs/o')).toBe('what is read\n');
      },
    );

    it('takes nothing of an attempt whose agent was lost, though that goes on writing', async () => {
      const marks = fixture.at('..', `marks-${path.basename(fixture.root)}`);
      const tool = [
        `echo "$GALAXY_SLOTS" > started; cp {job}/inputs/in.txt {job}/outputs/out; hostname > /dev/null`,
        `if [ ! -e ${marks}.first ]; then : > ${marks}.first`,
        `  echo first > {job}/outputs/of_first; while [ ! -e ${marks}.go ]; do echo more >> {job}/outputs/out; sleep 0.1; done`,
        `  echo late > {job}/outputs/late; : > ${marks}.finished; exit 1; fi`,
        'echo second > {job}/outputs/of_second',
      ].join('\n');
      const job = await fixture.directoryJob('lost', tool);
      await runner.submit(job);
      const ended = runner.ended(job.id);
      try {
        await until('the first attempt to write', () => existsSync(`${marks}.first`) || undefined);
        const [first] = await running(job, 1);
        const agent = cluster.agents.find(({ url }) => first && agentRuns(first.sandbox, url));
        const lost = agent ?? cluster.agents[0];
        await lost?.kill();
        const view = await ended;
        expect(view).toMatchObject({ state: 'ok', exitCode: 0 });
        await writeFile(`${marks}.go`, '');
        expect((await readdir(of(job, 'outputs'))).sort()).toEqual(['of_second', 'out']);
        expect(await text(job, 'outputs/out')).toBe('what is read\n');
        await lost?.restart();
        expect((await readdir(of(job, 'outputs'))).sort()).toEqual(['of_second', 'out']);
      } finally {
        for (const mark of ['first', 'go', 'finished']) await rm(`${marks}.${mark}`, { force: true });
      }
    });

    it.skipIf(mode === 'shared')('goes on when the daemon was away while the tool ended', async () => {
      const mark = fixture.at('..', `mark-${path.basename(fixture.root)}`);
      const tool = `touch ${mark}.runs; while [ ! -e ${mark}.go ]; do sleep 0.1; done; echo done > {job}/outputs/o`;
      const job = await fixture.directoryJob('away', tool);
      await runner.submit(job);
      const ended = runner.ended(job.id);
      try {
        await until('the tool to run', () => existsSync(`${mark}.runs`) || undefined);
        await closeDoor();
        await writeFile(`${mark}.go`, '');
        await until('the attempt to try in vain', async () => {
          const [task] = runner.tasks(job.id);
          const sandbox = task?.attempts[0]?.sandbox;
          return sandbox === undefined ? undefined : true;
        });
        await openDoor();
        expect(await ended).toMatchObject({ state: 'ok', exitCode: 0 });
        expect(await text(job, 'outputs/o')).toBe('done\n');
      } finally {
        for (const name of ['runs', 'go']) await rm(`${mark}.${name}`, { force: true });
      }
    });

    it('shows what the tool prints while it runs', async () => {
      const mark = fixture.at('..', `print-${path.basename(fixture.root)}`);
      const tool = `exec > ../metadata/tool_stdout; echo hello; while [ ! -e ${mark} ]; do sleep 0.1; done`;
      const job = await fixture.directoryJob('prints', tool);
      await runner.submit(job);
      const ended = runner.ended(job.id);
      try {
        await running(job, 1);
        const shown = await until('the line', async () => {
          const tail = await runner.tail(job.id, { stream: 'stdout', maximumBytes: 1000 });
          return tail.includes('hello') ? tail : undefined;
        });
        expect(shown).toContain('hello');
      } finally {
        await writeFile(mark, '');
        expect(await ended).toMatchObject({ state: 'ok' });
        await rm(mark, { force: true });
      }
    });
  },
);

/** Whether a sandbox, as people are told of it, is one of the agent at a URL. */
const agentRuns = (sandbox: string | undefined, url: string): boolean =>
  sandbox?.includes(new URL(url).port) === true;
