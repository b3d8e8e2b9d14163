import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { directoryForTest, startDaemon } from './daemon-process.ts';
import { callerOf, completed, submitJob } from './pulsar-job.ts';

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
    return true;
  } catch {
    return false;
  }
}

/** A file system of so many MiB. */
function smallFileSystem(mebibytes: number): string {
  const place = path.join(directoryForTest(), 'small');
  mkdirSync(place);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'none', place]);
  onTestFinished(() => void execFileSync('umount', ['--lazy', place]));
  return place;
}

const mebibyte = 2 ** 20;

describe.skipIf(!canMount())('a daemon on a disk that is full', () => {
  it('says so to whoever sends files or jobs, and goes on once there is room', async () => {
    const place = smallFileSystem(24);
    const daemon = startDaemon({ state: path.join(place, 'state') });
    const url = await daemon.url();
    const caller = callerOf(url);
    const upload = async (size: number) => {
      const body = Buffer.alloc(size);
      return (await fetch(`${url}/jobs/1/files?name=a&type=input`, { method: 'POST', body })).status;
    };
    await caller.setUp('1');
    expect(await upload(32 * mebibyte)).toBe(507);
    expect(await upload(mebibyte)).toBe(200);

    const ballast = path.join(place, 'ballast');
    expect(() => writeFileSync(ballast, Buffer.alloc(32 * mebibyte))).toThrow(/ENOSPC/);
    const refused = await fetch(`${url}/jobs?job_id=2`, { method: 'POST' });
    expect([503, 507]).toContain(refused.status);
    expect(await refused.text()).toMatch(/disk|space/i);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);

    rmSync(ballast);
    const job = await submitJob(caller, '3', ({ outputs }) => `echo ok > ${outputs}/out`);
    expect(await completed(caller, job)).toMatchObject({ status: 'complete', returncode: 0 });
    expect(await caller.download(job.id, 'out')).toBe('ok\n');
  });
});
