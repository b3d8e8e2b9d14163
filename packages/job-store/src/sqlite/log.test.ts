import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Log } from './log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'job-store-log-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the log of a SQLite file', () => {
  test('trusts the disk until that fails, and never after', async () => {
    const location = path.join(directory, 'jobs.sqlite');
    writeFileSync(`${location}-wal`, 'frames');
    const log = new Log(location);
    await log.sync();
    log.check();
    log.close();
    // The number of a file that is closed stands for a disk that reports an error.
    await expect(log.sync()).rejects.toMatchObject({ code: 'EBADF' });
    expect(() => log.check()).toThrow('EBADF');
  });

  test('is missed if it is not there', () => {
    expect(() => new Log(path.join(directory, 'other.sqlite'))).toThrow('ENOENT');
  });
});
