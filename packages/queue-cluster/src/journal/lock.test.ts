import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeBeat } from '../standing/beat.ts';
import { readLauncher, takeLock } from './lock.ts';
import { ownIdentity, startOf } from './process-identity.ts';

let directory: string;
const now = 1_800_000_000_000;
const lockFile = () => join(directory, 'lock');

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const token = 'a'.repeat(32);

/** The pid of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  if (child.pid === undefined) throw new Error('true could not be started');
  return child.pid;
}

async function leaveLock(holder: Record<string, unknown>): Promise<void> {
  const own = await ownIdentity();
  await writeFile(lockFile(), JSON.stringify({ ...own, token, startedAt: now, ...holder }));
}

describe('the lock of a cluster', () => {
  it('is for one launcher at a time', async () => {
    const lock = await takeLock(directory, now);
    await expect(takeLock(directory, now)).rejects.toThrow(/LOCKED.*process \d+ on/);
    await lock.release();
    await (await takeLock(directory, now)).check();
  });

  it('is free where its process has ended, or the pid is another process now', async () => {
    await leaveLock({ pid: await deadPid() });
    const first = await takeLock(directory, now);
    await first.check();
    await leaveLock({ start: '1' });
    const second = await takeLock(directory, now);
    await second.check();
    await expect(first.check()).rejects.toThrow(/LOCKED.*taken over/);
    // The lock is not the first one's any more to give up.
    await first.release();
    await second.check();
  });

  it('is held by a launcher of another machine as long as that beats, whatever the clocks are', async () => {
    await leaveLock({ host: 'elsewhere' });
    await writeBeat(directory, 0);
    const beat = join(directory, 'beat');
    const beatAgo = (seconds: number) => utimes(beat, Date.now() / 1000, Date.now() / 1000 - seconds);
    await beatAgo(100);
    // By the clock of the file server, which has nothing to do with the one here.
    const later = now + 86_400_000;
    await expect(takeLock(directory, later)).rejects.toThrow('LOCKED');
    expect(await readLauncher(directory, later)).toMatchObject({ isAlive: true, isHanging: false });
    await beatAgo(200);
    expect(await readLauncher(directory, now)).toMatchObject({ isAlive: false, isHanging: false });
    await (await takeLock(directory, now)).check();
    expect((await readdir(directory)).sort()).toEqual(['beat', 'lock']);
  });

  it('is held by a process that lives, which hangs when it has not beaten for minutes', async () => {
    const lock = await takeLock(directory, now);
    await writeBeat(directory, now - 600_000);
    expect(await readLauncher(directory, now + 60_000)).toMatchObject({ isAlive: true, isHanging: false });
    expect(await readLauncher(directory, now + 200_000)).toMatchObject({ isAlive: true, isHanging: true });
    await writeBeat(directory, now + 200_000);
    expect(await readLauncher(directory, now + 210_000)).toMatchObject({ isHanging: false });
    await lock.release();
  });

  it("is nobody's once it is given up, by which no other one's is lost", async () => {
    const first = await takeLock(directory, now);
    await first.release();
    expect(await readLauncher(directory, now)).toBeUndefined();
    const second = await takeLock(directory, now);
    await first.release();
    await second.check();
    expect(await readdir(directory)).toEqual(['lock']);
  });

  it('goes to one of many that find it free', async () => {
    await leaveLock({ pid: await deadPid() });
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => takeLock(directory, now)));
    const taken = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(taken).toHaveLength(1);
    await taken[0]?.check();
    expect(await readdir(directory)).toEqual(['lock']);
  });

  it('outlives one that took it over and died before it was done', async () => {
    const dead = await deadPid();
    await leaveLock({ pid: dead });
    const own = await ownIdentity();
    const successor = { ...own, pid: dead, token: 'b'.repeat(32), startedAt: now };
    await writeFile(`${lockFile()}.after-${token}`, JSON.stringify(successor));
    const lock = await takeLock(directory, now);
    await lock.check();
    expect(JSON.parse(await readFile(lockFile(), 'utf8'))).toMatchObject({ token: lock.token });
    expect(await readdir(directory)).toEqual(['lock']);
  });

  it('names a lock that cannot be understood', async () => {
    await writeFile(lockFile(), 'nonsense');
    await expect(takeLock(directory, now)).rejects.toThrow(/DAMAGED.*lock/);
  });
});

describe('the start of a process', () => {
  it('is found behind a name with blanks and brackets, and is empty for one that has ended', () => {
    const fields = `S 1 ${'0 '.repeat(17)}4711 0 0`;
    expect(startOf(`12 (a) b (c) ${fields}`)).toBe('4711');
    expect(startOf(`12 (a) ${fields.replace('S', 'Z')}`)).toBe('');
    expect(startOf('')).toBe('');
  });
});
