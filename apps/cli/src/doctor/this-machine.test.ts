import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtDirectory, lookAtMachine } from './this-machine.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'doctor-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('lookAtMachine', () => {
  it('finds the programs that tasks need in PATH', () => {
    const findings = lookAtMachine({ PATH: process.env.PATH });
    expect(findings.map(({ subject, state }) => [subject, state])).toEqual([
      ['node', 'ok'],
      ['this machine', 'ok'],
      ['programs', 'ok'],
    ]);
  });

  it('names those that are missing', () => {
    writeFileSync(path.join(directory, 'cat'), '', { mode: 0o755 });
    writeFileSync(path.join(directory, 'sed'), '', { mode: 0o644 });
    const programs = lookAtMachine({ PATH: directory }).find(({ subject }) => subject === 'programs');
    expect(programs?.state).toBe('problem');
    expect(programs?.text).toMatch(/^missing: sh, cp, .*sed.*, bash, ln$/);
    expect(lookAtMachine({}).at(-1)).toMatchObject({ state: 'problem' });
  });
});

describe('lookAtDirectory', () => {
  it('tells the room that there is', () => {
    expect(lookAtDirectory(directory).text).toMatch(new RegExp(`^${directory}: [\\d.]+ .?B free$`));
  });

  it('tells of one that is not there, or none', () => {
    const file = path.join(directory, 'file');
    expect(lookAtDirectory(file)).toMatchObject({ state: 'problem', text: `${file} is not there` });
    writeFileSync(file, '');
    expect(lookAtDirectory(file)).toMatchObject({ state: 'problem', text: `${file} is no directory` });
  });
});
