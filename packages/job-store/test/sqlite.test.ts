import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openJobStore } from '@galaxy-mesos/job-store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrations } from '../src/sqlite/migrations.ts';
import { testChanges } from './contract/changes.ts';
import { testEvents } from './contract/events.ts';
import { testJobs } from './contract/jobs.ts';
import { testOpening } from './contract/opening.ts';
import type { StoreFixture } from './contract/store-fixture.ts';
import { attempt, spec, withStore } from './contract/store-fixture.ts';
import { testTasks } from './contract/tasks.ts';

let directory: string;
let files = 0;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'job-store-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const newFile = (): string => path.join(directory, `${files++}.sqlite`);

function run(file: string, sql: string): void {
  const raw = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  raw.exec(sql);
  raw.close();
}

const fixture: StoreFixture = {
  newLocation: async () => newFile(),
  tamper: async (file, sql) => run(file, sql),
  setVersion: (version) => `PRAGMA user_version = ${version}`,
  makeOld: async (file, steps) =>
    run(file, `${migrations.slice(0, steps).join('')} PRAGMA user_version = ${steps}`),
  steps: migrations.length,
  runs: 40,
};

describe('a store in a SQLite file', () => {
  testTasks(fixture);
  testJobs(fixture);
  testEvents(fixture);
  testChanges(fixture);
  testOpening(fixture);

  test('refuses a file that is not a database, and says what to do', async () => {
    const file = newFile();
    writeFileSync(file, 'these are not the bytes that you are looking for'.repeat(100));
    const opening = openJobStore(file);
    await expect(opening).rejects.toMatchObject({ name: 'StoreError', code: 'UNREADABLE', location: file });
    await expect(opening).rejects.toThrow('check the path');
  });

  test('is for nobody else to read, unless somebody has said otherwise', async () => {
    const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
    const file = newFile();
    await withStore(file, async () => expect([modeOf(file), modeOf(`${file}-wal`)]).toEqual(['600', '600']));
    chmodSync(file, 0o640);
    await withStore(file, async () => expect(modeOf(file)).toBe('640'));
  });

  test('refuses a directory, and a file in a directory that is not there', async () => {
    await expect(openJobStore(directory)).rejects.toMatchObject({ code: 'UNREADABLE' });
    const nowhere = path.join(directory, 'nowhere', 'jobs.sqlite');
    await expect(openJobStore(nowhere)).rejects.toMatchObject({ code: 'UNREADABLE' });
  });

  test('takes over what the first schema held', async () => {
    const file = newFile();
    const full = attempt('t', 2, { startedAt: 1.5, endedAt: 2.5, exitCode: 3, sandbox: '/s', reason: 'r' });
    run(
      file,
      `${migrations[0]}; PRAGMA user_version = 1;
       INSERT INTO tasks VALUES (1, 't', 'finished', '${JSON.stringify(spec('t'))}');
       INSERT INTO attempts VALUES ('t-1', 't', 1, 'TASK_STAGING', 'agent-1', 'host-1', 1700000000000, NULL, NULL,
         NULL, NULL, NULL, NULL);
       INSERT INTO attempts VALUES ('t-2', 't', 2, 'TASK_STAGING', 'agent-1', 'host-1', 1700000000000, 1.5, 2.5,
         3, '/s', NULL, 'r');`,
    );
    expect(await withStore(file, (store) => store.taskStore('cluster').load())).toEqual([
      { spec: spec('t'), state: 'finished', attempts: [attempt('t', 1), full] },
    ]);
  });
});
