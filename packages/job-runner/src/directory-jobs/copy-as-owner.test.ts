import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyAsOwner } from './copy-as-owner.ts';

let top: string;
beforeEach(() => {
  top = mkdtempSync(path.join(tmpdir(), 'copy-as-owner-'));
  chmodSync(top, 0o755);
  for (const name of ['tree', 'tree/working', 'target']) mkdirSync(path.join(top, name));
  writeFileSync(path.join(top, 'tree/working/file'), 'content', { mode: 0o755 });
  symlinkSync('file', path.join(top, 'tree/working/link'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const copy = () => copyAsOwner(path.join(top, 'tree/working'), path.join(top, 'target'));

describe('copyAsOwner', () => {
  it('copies files, their modes, and links as they are', async () => {
    await copy();
    const copied = path.join(top, 'target/working');
    expect(readdirSync(copied).sort()).toEqual(['file', 'link']);
    expect(readFileSync(path.join(copied, 'link'), 'utf8')).toBe('content');
    expect(statSync(path.join(copied, 'file')).mode & 0o777).toBe(0o755);
  });

  it.skipIf(process.getuid?.() !== 0)('copies nothing that the owner may not read', async () => {
    for (const name of ['tree', 'tree/working']) chownSync(path.join(top, name), 65_534, 65_534);
    writeFileSync(path.join(top, 'tree/working/secret'), 'of root', { mode: 0o600 });
    await expect(copy()).rejects.toThrow(/Permission denied/);
    expect(readdirSync(path.join(top, 'target/working'))).not.toContain('secret');
    expect(statSync(path.join(top, 'target/working')).uid).toBe(65_534);
  });
});
