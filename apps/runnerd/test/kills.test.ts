import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { requireRealMesos, startMesos } from '../../../test-fixtures/real-mesos/real-mesos.ts';
import { directoryForTest, startDaemon } from './daemon-process.ts';
import { callerOf, completed, type PulsarJob, submitJob } from './pulsar-job.ts';

const jobCount = 24;
const kills = 5;

/** Submits jobs that note each run, then kills the daemon again and again, at another moment each time. */
async function killAgainAndAgain(flags: readonly string[]): Promise<void> {
  const notes = directoryForTest();
  const state = path.join(directoryForTest(), 'state');
  let daemon = startDaemon({ state, flags });
  const url = await daemon.url();
  const first = callerOf(url);
  const jobs: PulsarJob[] = [];
  for (let index = 0; index < jobCount; index++) {
    const note = path.join(notes, String(index));
    const command = ({ inputs, outputs }: { inputs: string; outputs: string }) =>
      `echo run >> ${note}; sleep 0.2; cat ${inputs}/input.txt > ${outputs}/out; exit ${index % 3}`;
    jobs.push(await submitJob(first, String(index), command, `input ${index}\n`));
  }
  for (let kill = 0; kill < kills; kill++) {
    await pause(Math.random() * 600);
    await daemon.killed();
    daemon = startDaemon({ state, flags: [...flags, '--listen', new URL(url).host] });
    await daemon.url();
  }
  const caller = callerOf(url);
  for (const [index, job] of jobs.entries()) {
    expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: index % 3 });
    expect(await caller.download(job.id, 'out')).toBe(`input ${index}\n`);
    expect(readFileSync(path.join(notes, String(index)), 'utf8')).toBe('run\n');
  }
}

describe('a daemon that is killed at any moment', { timeout: 400_000 }, () => {
  it('loses no job and runs none twice on this machine', async () => {
    await killAgainAndAgain([]);
  });

  describe.skipIf(!requireRealMesos())('with a real Mesos', () => {
    it.each(['shared', 'http'])('loses no job and runs none twice, with %s staging', async (staging) => {
      const cluster = await startMesos({ agents: [{ resources: 'cpus:8;mem:8192;disk:8192' }] });
      onTestFinished(() => cluster.stop());
      await killAgainAndAgain(['--mesos', cluster.url, '--staging', staging]);
    });
  });
});
