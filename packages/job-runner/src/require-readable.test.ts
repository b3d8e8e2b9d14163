import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { requireReadable } from './require-readable.ts';
import { aJob } from './testing/a-job.ts';

const nobody = { uid: 65534, gid: 65534 };

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'readable-'));
  chmodSync(root, 0o755);
});
afterEach(() => rmSync(root, { recursive: true }));

const file = (name: string, mode: number): string => {
  const made = path.join(root, name);
  writeFileSync(made, 'x', { mode });
  return made;
};

const inputAt = (where: string) => ({ name: 'a', path: where, size: 1, modifiedAt: 0, partName: 'a' });

const jobWith = (where: string, parameters: Record<string, unknown> = {}) =>
  aJob({
    inputs: [inputAt(where)],
    split: { alternatives: [{ by: [{ strategy: 'regions', inputs: ['a'], parameters }] }] },
  });

describe.skipIf(process.geteuid?.() !== 0)('requireReadable', () => {
  it('lets a job be planned whose files its user may read', async () => {
    const open = file("it's open", 0o644);
    await requireReadable(jobWith(open, { window: 1000, indexes: [open] }), nobody);
  });

  it('refuses to read what the user of the job may not, be it an input or what a strategy takes', async () => {
    const secret = file('secret', 0o600);
    const open = file('open', 0o644);
    await expect(requireReadable(jobWith(secret), nobody)).rejects.toMatchObject({
      code: 'NOT_READABLE',
      path: secret,
    });
    for (const parameters of [{ targets: secret }, { indexes: [open, secret] }]) {
      await expect(requireReadable(jobWith(open, parameters), nobody)).rejects.toMatchObject({
        path: secret,
      });
    }
  });

  it('asks nothing of a job that is not split, or runs as this user', async () => {
    const secret = file('secret', 0o600);
    const { split: _split, ...whole } = jobWith(secret);
    await requireReadable(whole, nobody);
    await requireReadable(jobWith(secret), { uid: 0, gid: 0 });
  });
});
