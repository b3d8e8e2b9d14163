import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { SqliteJobStore } from '@galaxy-mesos/job-store';
import type { TaskSpec } from '@galaxy-mesos/scheduler';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'job-store-'));
  file = path.join(directory, 'jobs.sqlite');
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  rmSync(directory, { recursive: true, force: true });
});

const children: { kill: () => Promise<void> }[] = [];

const isRoot = process.getuid?.() === 0;
const nobody = 65534;
const childScript = path.join(import.meta.dirname, 'child.ts');

/** A process that works on the store; its lines, and a way to kill it as `kill -9` does. */
function startChild(what: 'hold' | 'open' | 'commit', options: { uid?: number } = {}) {
  const args = ['--conditions=@galaxy-mesos/source', '--disable-warning=ExperimentalWarning', childScript];
  const child = spawn(process.execPath, [...args, what, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const running = {
    line: async (): Promise<string> => (await lines.next()).value ?? '',
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
  children.push(running);
  return running;
}

const spec = (id: string, command: string): TaskSpec => ({
  id,
  name: id,
  command,
  environment: {},
  resources: { cpus: 1, mem: 64, disk: 0 },
  retries: 0,
});

describe('a store and several processes', () => {
  test('is refused while another process has it, and free as soon as that is killed', async () => {
    const holder = startChild('hold');
    expect(await holder.line()).toBe('open');
    expect(() => new SqliteJobStore(file)).toThrow(/^\[LOCKED\] .*another process works on it/);
    await holder.kill();
    new SqliteJobStore(file).close();
  });

  test('refuses the second process, too', async () => {
    const store = new SqliteJobStore(file);
    const child = startChild('open');
    expect(await child.line()).toBe('refused LOCKED');
    store.close();
  });

  test('holds every commit whole or not at all, and all that returned, however often a writer is killed', async () => {
    for (let round = 0; round < 5; round++) {
      rmSync(file, { force: true });
      const writer = startChild('commit');
      let last = -1;
      // Each round kills the writer after another number of commits, at whatever it does just then.
      while (last < round * 7) {
        const [, number] = /^committed (\d+)$/.exec(await writer.line()) ?? [];
        if (number !== undefined) last = Number(number);
      }
      await writer.kill();
      const store = new SqliteJobStore(file);
      const ids = (await store.taskStore('cluster').load()).map(({ spec: { id } }) => id);
      store.close();
      const batches = Map.groupBy(ids, (id) => Number(id.split('-')[0]));
      expect(batches.size).toBeGreaterThan(last);
      for (const [number, batch] of batches) expect([number, batch.length]).toEqual([number, 50]);
    }
  });
});

describe('a store on a file system that refuses', () => {
  test('cannot be made in a directory without permission to write', async () => {
    chmodSync(directory, 0o555);
    const child = startChild('open', isRoot ? { uid: nobody } : {});
    expect(await child.line()).toBe('refused UNREADABLE');
  });

  test('cannot be opened in such a directory where it was made before', async () => {
    new SqliteJobStore(file).close();
    if (isRoot) chownSync(file, nobody, nobody);
    chmodSync(directory, 0o555);
    const child = startChild('open', isRoot ? { uid: nobody } : {});
    expect(await child.line()).toBe('refused UNREADABLE');
  });

  test('says that the disk is full, keeps what it has, and goes on once there is room', async (context) => {
    const disk = path.join(directory, 'disk');
    mkdirSync(disk);
    if (!mountSmallDisk(disk)) context.skip('only root may mount a small disk');
    try {
      const store = new SqliteJobStore(path.join(disk, 'jobs.sqlite'));
      const tasks = store.taskStore('cluster');
      await tasks.commit([{ type: 'added', spec: spec('first', 'true') }]);
      const { bavail, bsize } = statfsSync(disk);
      const ballast = path.join(disk, 'ballast');
      writeFileSync(ballast, Buffer.alloc(bavail * bsize - 64 * 1024));
      const large = { type: 'added', spec: spec('large', 'x'.repeat(256 * 1024)) } as const;
      await expect(tasks.commit([large])).rejects.toMatchObject({ code: 'FULL' });
      expect((await tasks.load()).map(({ spec: { id } }) => id)).toEqual(['first']);
      rmSync(ballast);
      await tasks.commit([large]);
      store.close();
      const reopened = new SqliteJobStore(path.join(disk, 'jobs.sqlite'));
      const ids = (await reopened.taskStore('cluster').load()).map(({ spec: { id } }) => id);
      expect(ids).toEqual(['first', 'large']);
      reopened.close();
    } finally {
      execFileSync('umount', ['--lazy', disk]);
    }
  });
});

function mountSmallDisk(disk: string): boolean {
  if (!isRoot || process.platform !== 'linux') return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
