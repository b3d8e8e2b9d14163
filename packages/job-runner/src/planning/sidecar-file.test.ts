import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SidecarFile } from './sidecar-file.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sidecar-'));
  file = path.join(directory, 'sidecar');
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('SidecarFile', () => {
  it('keeps what it is given, equal bytes once, and tells where', async () => {
    const descriptor = openSync(file, 'w');
    const sidecar = new SidecarFile(file, descriptor);
    const texts = ['##header\n', 'footer', '', '##header\n', 'x'.repeat(100_000), 'footer'];
    const ranges = await Promise.all(texts.map((text) => sidecar.keep(Buffer.from(text))));
    await sidecar.sync();
    closeSync(descriptor);
    const content = readFileSync(file, 'latin1');
    for (const [index, { path: where, offset, length }] of ranges.entries()) {
      expect(where).toBe(file);
      expect(content.slice(offset, offset + length)).toBe(texts[index]);
    }
    expect(content).toHaveLength(9 + 6 + 100_000);
  });

  it('says so where the file cannot be written', async () => {
    closeSync(openSync(file, 'w'));
    const descriptor = openSync(file, 'r');
    const sidecar = new SidecarFile(file, descriptor);
    await expect(sidecar.keep(Buffer.from('x'))).rejects.toThrow('EBADF');
    closeSync(descriptor);
  });
});
