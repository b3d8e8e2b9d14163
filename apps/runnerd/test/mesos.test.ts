import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type RealMesos,
  requireRealMesos,
  startMesos,
} from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { directoryForTest, startDaemon } from './daemon-process.ts';
import { callerOf, completed, submitJob, untilThere } from './pulsar-job.ts';

async function mesosForTest(separateProcesses = false): Promise<RealMesos> {
  const agents = [{ resources: 'cpus:4;mem:4096;disk:4096' }];
  const cluster = await startMesos({ agents, separateProcesses });
  onTestFinished(() => cluster.stop());
  return cluster;
}

const stateForTest = (): string => path.join(directoryForTest(), 'state');

/** Waits for a file before it ends, and tells of each run. */
const waiting = (signs: string, outputs: string): string =>
  `echo run >> ${signs}/runs; touch ${signs}/begun; while [ -d ${signs} ] && [ ! -e ${signs}/go ]; do sleep 0.05; done; ` +
  `cat ${signs}/runs > ${outputs}/runs`;

const health = async (url: string): Promise<unknown> => {
  const { status } = (await (await fetch(`${url}/healthz`)).json()) as { status: unknown };
  return status;
};

describe.skipIf(!requireRealMesos())('the daemon on a real Mesos', () => {
  it.each(['shared', 'http'])('runs a job with %s staging, which sees MESOS_URL', async (staging) => {
    const cluster = await mesosForTest();
    const daemon = startDaemon({
      state: stateForTest(),
      flags: ['--mesos', cluster.url, '--staging', staging],
    });
    const caller = callerOf(await daemon.url());
    const job = await submitJob(
      caller,
      '12',
      ({ inputs, outputs }) =>
        `{ cat ${inputs}/input.txt; echo "$MESOS_URL"; pwd; } > ${outputs}/out; mkdir -p ${outputs}/e/f; echo x > ${outputs}/e/f/g`,
    );
    expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: 0 });
    const [input, mesosUrl, directory = ''] = (await caller.download(job.id, 'out')).split('\n');
    // By the name that the master gives itself.
    expect([input, mesosUrl]).toEqual(['input', cluster.url.replace('127.0.0.1', 'localhost')]);
    // On http nothing of the daemon's is seen by a job: it works in its agent's sandbox.
    expect(directory.startsWith(cluster.folder)).toBe(staging === 'http');
    expect(await caller.download(job.id, 'e/f/g')).toBe('x\n');
  });

  it.each(['shared', 'http'])(
    'finds a job again that ran when it was killed, with %s staging',
    async (staging) => {
      const cluster = await mesosForTest();
      const state = stateForTest();
      const signs = directoryForTest();
      const flags = ['--mesos', cluster.url, '--staging', staging];
      const first = startDaemon({ state, flags });
      const url = await first.url();
      const job = await submitJob(callerOf(url), '12', ({ outputs }) => waiting(signs, outputs));
      await untilThere(signs, 'begun');
      await first.killed();
      // Agents know the daemon by its address: with http it must be back there.
      const second = startDaemon({ state, flags: [...flags, '--listen', new URL(url).host] });
      const caller = callerOf(await second.url());
      writeFileSync(path.join(signs, 'go'), '');
      expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: 0 });
      expect(await caller.download(job.id, 'runs')).toBe('run\n');
    },
  );

  it('takes jobs while no master is there, and runs them once there is one', async () => {
    const cluster = await mesosForTest(true);
    await cluster.killMaster();
    const daemon = startDaemon({ state: stateForTest(), flags: ['--mesos', cluster.url] });
    const url = await daemon.url();
    const caller = callerOf(url);
    const job = await submitJob(caller, '12', ({ outputs }) => `echo ran > ${outputs}/out`);
    expect(await caller.status(job.id)).toMatchObject({ complete: 'false' });
    expect(await health(url)).toBe('connecting');
    await cluster.restartMaster();
    expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: 0 });
    expect(await health(url)).toBe('ok');
  });

  it('takes jobs while the master is away, and lets go on what runs', async () => {
    const cluster = await mesosForTest(true);
    const signs = directoryForTest();
    const daemon = startDaemon({ state: stateForTest(), flags: ['--mesos', cluster.url] });
    const url = await daemon.url();
    const caller = callerOf(url);
    const running = await submitJob(caller, '12', ({ outputs }) => waiting(signs, outputs));
    await untilThere(signs, 'begun');
    await cluster.killMaster();
    await daemon.until(async () => (await health(url)) === 'connecting');
    const later = await submitJob(caller, '13', ({ outputs }) => `echo ran > ${outputs}/out`);
    writeFileSync(path.join(signs, 'go'), '');
    await cluster.restartMaster();
    expect(await completed(caller, later)).toMatchObject({ status: 'complete', returncode: 0 });
    expect(await completed(caller, running)).toMatchObject({ status: 'complete', returncode: 0 });
    expect(await caller.download(running.id, 'runs')).toBe('run\n');
  });

  it.each(['while it runs', 'while it is away'])(
    'goes on as a new framework where its own was ended %s',
    async (when) => {
      const cluster = await mesosForTest();
      const signs = directoryForTest();
      const state = stateForTest();
      const flags = ['--mesos', cluster.url];
      const first = startDaemon({ state, flags });
      const url = await first.url();
      const job = await submitJob(callerOf(url), '12', ({ outputs }) => waiting(signs, outputs));
      await untilThere(signs, 'begun');
      if (when === 'while it is away') await first.killed();
      await tearDownFramework(cluster);
      const daemon =
        when === 'while it is away'
          ? startDaemon({ state, flags: [...flags, '--listen', new URL(url).host] })
          : first;
      await daemon.until(() => daemon.stderr.includes('going on as a new one'));
      writeFileSync(path.join(signs, 'go'), '');
      expect(await completed(callerOf(url), job)).toMatchObject({ status: 'complete', returncode: 0 });
      expect(await callerOf(url).download(job.id, 'runs')).toBe('run\nrun\n');
    },
  );
});

/** Ends the only framework there is, as an operator may. */
async function tearDownFramework({ url }: RealMesos): Promise<void> {
  const { frameworks } = (await (await fetch(`${url}/frameworks`)).json()) as {
    frameworks: { id: string }[];
  };
  await fetch(`${url}/master/teardown`, { method: 'POST', body: `frameworkId=${frameworks[0]?.id}` });
}
