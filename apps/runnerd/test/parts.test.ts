import { chmodSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { directoryForTest, startDaemon } from './daemon-process.ts';
import { callerOf, completed, submitJob } from './pulsar-job.ts';

const fasta = '>a\nAC\n>b\nGT\n>c\nAA\n';
const isRoot = process.getuid?.() === 0;

/** A daemon whose configuration cuts all jobs of Galaxy into single records; as root, its jobs are another user's. */
function daemonForTest(): { readonly directory: string; start(): ReturnType<typeof startDaemon> } {
  const directory = directoryForTest();
  chmodSync(directory, 0o711);
  const configuration = path.join(directory, 'configuration.yml');
  writeFileSync(configuration, 'resources: { defaults: { strategy: records, strategy_size: 1 } }\n');
  const state = path.join(directory, 'state');
  const asWhom = isRoot ? ['--run-as', 'nobody'] : [];
  return { directory, start: () => startDaemon({ state, asWhom, flags: ['--config', configuration] }) };
}

describe('a daemon whose configuration cuts jobs', () => {
  it('runs and joins parts as the user of jobs, who cannot read the secrets', async () => {
    const { directory, start } = daemonForTest();
    const caller = callerOf(await start().url());
    const job = await submitJob(
      caller,
      '1',
      ({ inputs, outputs }) =>
        `{ id -un; cat ${inputs}/input.txt; cat ${directory}/state/secret.key 2>&- || echo refused; } > ${outputs}/out`,
      fasta,
    );
    expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: 0 });
    const user = isRoot ? 'nobody' : '\\w+';
    const part = (record: string) => `${user}\n${record}${isRoot ? 'refused\n' : '\\w+\n'}`;
    const records = ['>a\nAC\n', '>b\nGT\n', '>c\nAA\n'];
    expect(await caller.download(job.id, 'out')).toMatch(new RegExp(`^${records.map(part).join('')}$`));
    const owner = statSync(path.join(job.outputs, 'out')).uid;
    expect(owner).toBe(isRoot ? statSync(path.join(job.directory, 'working')).uid : process.getuid?.());
    await caller.delete(job.id);
  });

  it('goes on with its parts after kill -9', async () => {
    const { directory, start } = daemonForTest();
    const first = start();
    const go = path.join(directory, 'go');
    const begun = path.join(directory, 'begun');
    writeFileSync(begun, '');
    chmodSync(begun, 0o666);
    const job = await submitJob(
      callerOf(await first.url()),
      '1',
      ({ inputs, outputs }) =>
        `head -n 1 ${inputs}/input.txt >> ${begun}; while [ ! -e ${go} ]; do sleep 0.1; done; cat ${inputs}/input.txt > ${outputs}/out`,
      fasta,
    );
    await first.until(() => statSync(begun).size > 0);
    first.child.kill('SIGKILL');
    const caller = callerOf(await start().url());
    writeFileSync(go, '');
    expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: 0 });
    expect(await caller.download(job.id, 'out')).toBe(fasta);
    expect(statSync(begun).size).toBe('>a\n>b\n>c\n'.length);
    await caller.delete(job.id);
  });

  it('tells Galaxy’s user which line of an input is wrong', async () => {
    const caller = callerOf(await daemonForTest().start().url());
    const job = await submitJob(caller, '1', () => 'true', '@r\nAC\n+\nII\n@s\nAC\n+\nI\n');
    const status = await completed(caller, job);
    expect(status).toMatchObject({ status: 'complete', returncode: 70 });
    expect(status.stderr).toMatch(/Fatal error: the job has failed: .*input\.txt.*line 5/);
  });
});
