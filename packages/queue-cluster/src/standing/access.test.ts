import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lastingMasterAccess, masterAccess, writeAccess } from './access.ts';

it('asks again for the secret of a cluster that was taken down and started again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'access-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  await writeAccess(directory, { credential: { principal: 'p', secret: 'first' } });
  const { credential, ...rest } = lastingMasterAccess(directory);
  expect(masterAccess(directory)).toMatchObject(rest);
  expect([credential?.principal, credential?.secret()]).toEqual(['p', 'first']);
  rmSync(join(directory, 'access'), { recursive: true });
  expect(() => credential?.secret()).toThrow('there is no such file');
  await writeAccess(directory, { credential: { principal: 'p', secret: 'second' } });
  expect(credential?.secret()).toBe('second');
  await writeAccess(directory, {});
  expect(lastingMasterAccess(directory)).toEqual({ master: `file://${directory}/address` });
});
