import { MesosDriver } from '@galaxy-mesos/drivers';
import type { JobStore } from '@galaxy-mesos/job-store';
import { RunnerFixture } from './runner-fixture.ts';

// A daemon as a process of its own, to be killed: it submits so many jobs, as far as it does not know them, and says
// so when all have ended.

const [root = '', jobs = '0', master] = process.argv.slice(2);
const fixture = new RunnerFixture(root);

/** On Mesos as the framework that earlier processes were; this machine finds its attempts by their directory. */
const makeDriver = async (store: JobStore) => {
  const frameworkId = await store.frameworkId('mesos');
  return new MesosDriver({
    master: master ?? '',
    frameworkName: 'galaxy-mesos runner test',
    failoverTimeoutSeconds: 600,
    ...(frameworkId !== undefined && { frameworkId }),
  });
};

const { runner } = await fixture.start(master === undefined ? {} : { makeDriver });
console.log('started');
const ids = Array.from({ length: Number(jobs) }, (_, index) => `job-${index}`);
await Promise.all(
  ids.map(async (id) => {
    const command = `echo ${id} >> ${fixture.at('runs')}; sleep 0.3; echo made > {job}/outputs/out.txt; exit 3`;
    if (!runner.job(id)) await runner.submit(await fixture.directoryJob(id, command));
    await runner.ended(id);
  }),
);
console.log('done');
process.on('SIGTERM', () => void fixture[Symbol.asyncDispose]());
