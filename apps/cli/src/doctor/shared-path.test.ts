import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ScriptedDriver } from '@galaxy-mesos/scheduler/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lookAtSharedPath } from './shared-path.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'shared-path-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it('tells as a finding that the agents could not be asked, and leaves nothing behind', async () => {
  const driver = new ScriptedDriver();
  driver.start = (listener) => {
    // A driver may give up before its start is over.
    listener({ type: 'failed', error: new Error('no such role') });
    return new Promise((_resolve, reject) => setImmediate(() => reject(new Error('no such role'))));
  };
  expect(await lookAtSharedPath(directory, driver, 2)).toMatchObject({
    state: 'problem',
    text: 'the agents could not be asked: no such role',
  });
  expect(driver.callsOf('stop')).toEqual([{ call: 'stop', how: 'teardown' }]);
  expect(readdirSync(directory)).toEqual([]);
});
