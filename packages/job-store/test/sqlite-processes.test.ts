import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openJobStore } from '@galaxy-mesos/job-store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { killChildren, startChild } from './child-process.ts';
import { spec, withStore } from './contract/store-fixture.ts';
import { mountSmallDisk } from './small-disk.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'job-store-'));
  file = path.join(directory, 'jobs.sqlite');
});
afterEach(async () => {
  await killChildren();
  rmSync(directory, { recursive: true, force: true });
});

const isRoot = process.getuid?.() === 0;
const nobody = 65534;
const idsIn = async (location: string): Promise<string[]> =>
  (await withStore(location, (store) => store.taskStore('cluster').load())).map((task) => task.spec.id);

describe('a SQLite store and several processes', () => {
  test('is refused while another process has it, and free as soon as that is killed', async () => {
    const holder = startChild('hold', file);
    expect(await holder.line()).toBe('open 1');
    await expect(openJobStore(file)).rejects.toThrow(/^\[LOCKED\] .*another process works on it/);
    await holder.kill();
    await withStore(file, async () => {});
  });

  test('refuses the second process, too', async () => {
    const store = await openJobStore(file);
    const child = startChild('open', file);
    expect(await child.line()).toBe('refused LOCKED');
    await store.close();
  });

  test('is taken over by a process that stands by, as soon as the other is killed', async () => {
    const holder = startChild('hold', file);
    await holder.lineOf('open');
    const standby = startChild('stand-by', file);
    expect(await standby.line()).toBe('waiting LOCKED');
    await holder.kill();
    expect(await standby.line()).toBe('open 2');
  });

  test('holds every commit whole or not at all, and all that returned, however often a writer is killed', async () => {
    for (let round = 0; round < 5; round++) {
      rmSync(file, { force: true });
      const writer = startChild('commit', file);
      let last = -1;
      // Each round kills the writer after another number of commits, at whatever it does just then.
      while (last < round * 7) {
        const [, number] = /^committed (\d+)$/.exec(await writer.line()) ?? [];
        if (number !== undefined) last = Number(number);
      }
      await writer.kill();
      const ids = await idsIn(file);
      const batches = Map.groupBy(ids, (id) => Number(id.split('-')[0]));
      expect(batches.size).toBeGreaterThan(last);
      for (const [number, batch] of batches) expect([number, batch.length]).toEqual([number, 50]);
    }
  });

  test('numbers events without a gap, and none twice, however often a writer is killed', async () => {
    let told = 0;
    for (let round = 0; round < 5; round++) {
      const writer = startChild('append', file);
      for (let batch = 0; batch <= round * 5; batch++) {
        const numbers = (await writer.lineOf('appended')).split(' ').slice(1).map(Number);
        expect(numbers[0]).toBeGreaterThan(told);
        told = numbers.at(-1) ?? told;
      }
      await writer.kill();
      const kept = await withStore(file, (store) => store.eventsAfter(0, 1_000_000));
      expect(kept.length).toBeGreaterThanOrEqual(told);
      expect(kept.map(({ sequence }) => sequence)).toEqual(kept.map((_, index) => index + 1));
      told = kept.length;
    }
  });
});

describe('a SQLite store on a file system that refuses', () => {
  test('cannot be made in a directory without permission to write', async () => {
    chmodSync(directory, 0o555);
    const child = startChild('open', file, isRoot ? { uid: nobody } : {});
    expect(await child.line()).toBe('refused UNREADABLE');
  });

  test('cannot be opened in such a directory where it was made before', async () => {
    await withStore(file, async () => {});
    if (isRoot) chownSync(file, nobody, nobody);
    chmodSync(directory, 0o555);
    const child = startChild('open', file, isRoot ? { uid: nobody } : {});
    expect(await child.line()).toBe('refused UNREADABLE');
  });

  test('says that the disk is full, keeps what it has, and goes on once there is room', async (context) => {
    const disk = mountSmallDisk(path.join(directory, 'disk'), 2);
    if (!disk) return context.skip('only root may mount a small disk');
    const location = path.join(disk.folder, 'jobs.sqlite');
    try {
      const store = await openJobStore(location);
      const tasks = store.taskStore('cluster');
      await tasks.commit([{ type: 'added', spec: spec('first') }]);
      disk.fill(64 * 1024);
      const large = { type: 'added', spec: spec('large', { command: 'x'.repeat(256 * 1024) }) } as const;
      await expect(tasks.commit([large])).rejects.toMatchObject({ code: 'FULL' });
      expect((await tasks.load()).map(({ spec: { id } }) => id)).toEqual(['first']);
      disk.clear();
      await tasks.commit([large]);
      await store.close();
      expect(await idsIn(location)).toEqual(['first', 'large']);
    } finally {
      disk.unmount();
    }
  });
});
