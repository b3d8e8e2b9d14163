import { chmodSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireRealMesos, startMesos } from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { directoryForTest, startDaemon } from './daemon-process.ts';
import { callerOf, completed, submitJob } from './pulsar-job.ts';

const user = 'nobody';

/** A state directory to which everybody may find the way. */
function stateForTest(): string {
  const directory = directoryForTest();
  chmodSync(directory, 0o711);
  return path.join(directory, 'state');
}

describe.skipIf(process.getuid?.() !== 0)('a daemon that is root, and whose jobs are not', () => {
  it.each(['local', 'mesos', 'mesos with http staging'])(
    'runs jobs as the user it was told, who cannot read the secrets (%s)',
    async (kind) => {
      if (kind !== 'local' && !requireRealMesos()) return;
      await using cluster = kind === 'local' ? undefined : await clusterForTest();
      const state = stateForTest();
      const staging = kind.includes('http') ? 'http' : 'shared';
      const where = cluster ? ['--mesos', cluster.url, '--staging', staging] : [];
      const daemon = startDaemon({ state, asWhom: ['--run-as', user], flags: where });
      const caller = callerOf(await daemon.url());
      const job = await submitJob(
        caller,
        '1',
        ({ inputs, outputs }) =>
          `{ id -un; cat ${inputs}/input.txt; cat ${state}/secret.key ${state}/jobs.sqlite || echo refused; ls ${state}/staging || echo refused; } > ${outputs}/out`,
      );
      expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: 0 });
      expect(await caller.download(job.id, 'out')).toBe(`${user}\ninput\nrefused\nrefused\n`);
      await caller.delete(job.id);
    },
  );

  it('says which user there is not', async () => {
    const daemon = startDaemon({ state: stateForTest(), asWhom: ['--run-as', 'no-such-user'] });
    const { code, stderr } = await daemon.ended();
    expect(code).toBe(2);
    expect(stderr).toContain('run_as: there is no user no-such-user on this machine');
  });

  it('says that it splits no jobs where only agents know that user', async () => {
    const flags = ['--mesos', 'http://127.0.0.1:1'];
    const daemon = startDaemon({ state: stateForTest(), asWhom: ['--run-as', 'no-such-user'], flags });
    await daemon.url();
    expect(daemon.stderr).toContain('jobs that are to be split are refused');
  });

  it('says so where that user could not get at the files of jobs', async () => {
    const directory = directoryForTest();
    const daemon = startDaemon({ state: path.join(directory, 'state'), asWhom: ['--run-as', user] });
    await daemon.url();
    expect(daemon.stderr).toContain(
      `jobs cannot get at their files: ${user} may not pass through ${directory}`,
    );
  });

  it('keeps its secrets to itself', async () => {
    const state = stateForTest();
    const daemon = startDaemon({ state, asWhom: ['--run-as', user] });
    await daemon.url();
    expect(statSync(state).mode & 0o777).toBe(0o710);
    expect(statSync(path.join(state, 'secret.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(state, 'secret.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  });
});

async function clusterForTest(): Promise<AsyncDisposable & { readonly url: string }> {
  const cluster = await startMesos({ agents: [{ resources: 'cpus:4;mem:4096;disk:4096' }] });
  // Sandboxes are in there.
  chmodSync(cluster.folder, 0o711);
  return { url: cluster.url, [Symbol.asyncDispose]: () => cluster.stop() };
}
