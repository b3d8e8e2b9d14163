import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aJob } from '../testing/a-job.ts';
import { directoryJobs } from './directory-functions.ts';

let top: string;
let log: string;
beforeEach(() => {
  top = mkdtempSync(path.join(tmpdir(), 'directory-functions-'));
  mkdirSync(path.join(top, 'job/metadata'), { recursive: true });
  log = path.join(top, 'job/metadata/tool_stdout');
  writeFileSync(path.join(top, 'secret'), 'secret');
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const tail = () =>
  directoryJobs({ mode: 'shared' }).tail(aJob({ directory: path.join(top, 'job') }), 'stdout', 4);

describe('the log of a job that has ended', () => {
  test('is the end of what its tool wrote', async () => {
    expect(await tail()).toBeUndefined();
    writeFileSync(log, 'written');
    expect(await tail()).toBe('tten');
  });

  test.each([
    ['a link', () => symlinkSync('../../secret', log)],
    ['another name of a file', () => linkSync(path.join(top, 'secret'), log)],
    ['a pipe', () => execFileSync('mkfifo', [log])],
    ['a device', () => symlinkSync('/dev/zero', log)],
    ['a directory', () => mkdirSync(log)],
  ])('is not read through %s that the tool left in its place', async (_what, leave) => {
    leave();
    expect(await tail()).toBeUndefined();
  });
});
