import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LauncherLog } from './launcher-log.ts';

let directory: string;
let descriptor: number;
const file = () => path.join(directory, 'launcher.log');

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'log-'));
  descriptor = openSync(file(), 'a');
});
afterEach(() => {
  closeSync(descriptor);
  rmSync(directory, { recursive: true });
});

const write = (text: string) => writeSync(descriptor, text);
const tellMany = (log: LauncherLog, from: number) => {
  for (let line = from; line < from + 500; line++) log.tell(`line ${line}`);
};

describe('the log of a launcher', () => {
  it('goes on in the same file, and is kept beside it once, when it has grown too large', () => {
    const log = new LauncherLog(file(), write, { descriptor, most: 1000 });
    for (const from of [0, 500, 1000]) tellMany(log, from);
    expect(readFileSync(`${file()}.old`, 'utf8')).toMatch(/^line 500\n.*line 999\n$/s);
    expect(readFileSync(file(), 'utf8')).toMatch(/^line 1000\n.*line 1499\n$/s);
  });

  it('is left alone where the output goes somewhere else', () => {
    const log = new LauncherLog(path.join(directory, 'other'), write, { descriptor, most: 1000 });
    for (const from of [0, 500]) tellMany(log, from);
    expect(readFileSync(file(), 'utf8')).toMatch(/^line 0\n.*line 999\n$/s);
  });
});
