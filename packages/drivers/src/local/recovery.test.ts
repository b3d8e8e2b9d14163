import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AttemptRecord } from './record.ts';
import { recall } from './recovery.ts';
import { recordFileName, wrapperArguments } from './wrapper.ts';

let root: string;
let sandbox: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'recovery-'));
  sandbox = join(root, 'attempt');
  mkdirSync(sandbox);
});
afterEach(() => rmSync(root, { recursive: true }));

const record: AttemptRecord = { bootId: 'boot', startedAt: 1, resources: { cpus: 1, mem: 1, disk: 1 } };

/** The shell of an attempt that has made its record file and got no further. */
function heldUp(): number {
  const [option, script = '', ...rest] = wrapperArguments(sandbox, 'true', JSON.stringify(record));
  const [firstLine] = script.split('\n');
  const child = spawn('/bin/sh', [String(option), `${firstLine}\nsleep 1000; exit`, ...rest], {
    detached: true,
    stdio: 'ignore',
  });
  return child.pid ?? 0;
}

describe('an attempt that has made its record and not written it', () => {
  beforeEach(() => writeFileSync(join(sandbox, recordFileName), ''));

  it('runs where its shell is only held up: it is not to be started again', async () => {
    const pid = heldUp();
    try {
      expect(await recall(sandbox, 'boot')).toMatchObject({ kind: 'running', process: { pid }, record });
    } finally {
      kill(-pid, 'SIGKILL');
    }
  });

  it('never will run where there is no shell of it', async () => {
    expect(await recall(sandbox, 'boot')).toMatchObject({ kind: 'over' });
  });
});
