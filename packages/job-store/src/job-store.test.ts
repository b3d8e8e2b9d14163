import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failOnExitCode, type Job } from '@galaxy-mesos/galaxy-jobs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { StoreError } from './errors.ts';
import { SqliteJobStore } from './job-store.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'job-store-'));
  file = path.join(directory, 'jobs.sqlite');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const job = (id: string): Job => ({
  id,
  name: 'count',
  command: 'wc -l < genes.fasta',
  shell: '/bin/sh',
  standardOutput: 'count.txt',
  inputs: [
    {
      name: 'genes',
      path: '/data/genes.fasta',
      size: 100,
      modifiedAt: 1_700_000_000_000.125,
      partName: 'genes.fasta',
    },
  ],
  outputs: [
    {
      name: 'count',
      file: 'count.txt',
      whenMissing: 'fail',
      destination: '/data/count.txt',
      merge: 'concat',
    },
  ],
  environment: { LANG: 'C' },
  resources: { cpus: 1, mem: 64, disk: 0 },
  retries: 2,
  stdio: failOnExitCode,
  split: { input: 'genes', strategy: 'records', parameters: { format: 'fasta', parts: 4 } },
});

const opening = (): unknown => {
  try {
    new SqliteJobStore(file).close();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('SqliteJobStore', () => {
  test('keeps jobs and their states, oldest first, when it is reopened', () => {
    const store = new SqliteJobStore(file);
    for (const id of ['z', 'a', 'm']) store.addJob(job(id));
    store.setJobState('a', 'queued');
    store.setJobState('m', 'error');
    store.close();
    const reopened = new SqliteJobStore(file);
    expect(reopened.jobs()).toEqual([
      { job: job('z'), state: 'new' },
      { job: job('a'), state: 'queued' },
      { job: job('m'), state: 'error' },
    ]);
    reopened.close();
  });

  test('refuses a second job of the same id, and a state for a job that is not there', () => {
    const store = new SqliteJobStore(file);
    store.addJob(job('a'));
    expect(() => store.addJob(job('a'))).toThrow(StoreError);
    expect(() => store.setJobState('b', 'ok')).toThrow('the job b is not there');
    expect(store.jobs()).toHaveLength(1);
    store.close();
  });

  test('refuses a file that is not a database, and leaves it as it is', () => {
    writeFileSync(file, 'these are not the bytes that you are looking for'.repeat(100));
    const error = opening();
    expect(error).toMatchObject({ name: 'StoreError', code: 'UNREADABLE', path: file });
    expect(String(error)).toContain('check the path');
  });

  test('refuses a directory, and a file in a directory that is not there', () => {
    file = directory;
    expect(opening()).toMatchObject({ code: 'UNREADABLE' });
    file = path.join(directory, 'nowhere', 'jobs.sqlite');
    expect(opening()).toMatchObject({ code: 'UNREADABLE' });
  });

  test('refuses a file of a later version, and says which it knows', () => {
    new SqliteJobStore(file).close();
    const raw = new DatabaseSync(file);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    expect(opening()).toMatchObject({ code: 'TOO_NEW' });
    expect(String(opening())).toContain('schema 99, known here: 1');
  });

  test('refuses a row that it did not write, and names the table', async () => {
    new SqliteJobStore(file).close();
    const raw = new DatabaseSync(file);
    raw.exec(
      `INSERT INTO jobs VALUES ('a', 'new', '{"id": 7}'); INSERT INTO tasks VALUES (1, 't', 'lost', '{}')`,
    );
    raw.close();
    const store = new SqliteJobStore(file);
    expect(() => store.jobs()).toThrow('a row of the table jobs is damaged');
    await expect(store.taskStore('c').load()).rejects.toThrow('a row of the table tasks is damaged');
    store.close();
  });

  test('can be opened once at a time, in one process, too', () => {
    const store = new SqliteJobStore(file);
    expect(opening()).toMatchObject({ code: 'LOCKED' });
    store.close();
    expect(opening()).toBeUndefined();
  });
});
