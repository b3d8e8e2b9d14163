import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { joinByProgram } from './join-by-program.ts';
import { writeResult, writeScratch } from './result-file.ts';

let directory: string;
let destination: string;
/** Whether the result had its name already, each time that something was brought to the disk. */
let synced: boolean[];
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'result-'));
  destination = path.join(directory, 'result');
  synced = [];
  await using file = await open(directory, 'r');
  const handles = Object.getPrototypeOf(file) as FileHandle;
  vi.spyOn(handles, 'datasync').mockImplementation(async () => {
    synced.push(existsSync(destination));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

const content = Buffer.from('joined');

describe('a result', () => {
  it('is on the disk before it has its name', async () => {
    await writeResult({ destination }, (result) => result.write(content));
    expect(readFileSync(destination)).toEqual(content);
    expect(synced).toEqual([false]);
  });

  it('is on the disk before it has its name where a program makes it', async () => {
    const part = path.join(directory, 'part');
    writeFileSync(part, content);
    await joinByProgram({ destination }, [{ index: 0, path: part }], {
      merge: 'copied',
      program: 'sh',
      what: 'text',
      arguments: (list, result) => ['-c', 'cat "$(cat "$1")" > "$2"', 'sh', list, result],
    });
    expect(readFileSync(destination)).toEqual(content);
    expect(synced).toEqual([false]);
    expect(readdirSync(directory).sort()).toEqual(['part', 'result']);
  });

  it('is not, if only the merge itself reads it', async () => {
    await writeScratch({ destination }, (result) => result.write(content));
    expect(readFileSync(destination)).toEqual(content);
    expect(synced).toEqual([]);
  });
});
