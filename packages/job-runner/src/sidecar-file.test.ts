import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SidecarFile } from './sidecar-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sidecar-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('SidecarFile', () => {
  it('keeps what it is given, equal bytes once, and tells where', async () => {
    const file = path.join(directory, 'sidecar');
    const sidecar = new SidecarFile(file);
    const texts = ['##header\n', 'footer', '', '##header\n', 'x'.repeat(100_000), 'footer'];
    const ranges = await Promise.all(texts.map((text) => sidecar.keep(Buffer.from(text))));
    await sidecar.close();
    const content = await readFile(file, 'latin1');
    for (const [index, { path: where, offset, length }] of ranges.entries()) {
      expect(where).toBe(file);
      expect(content.slice(offset, offset + length)).toBe(texts[index]);
    }
    expect(content).toHaveLength(9 + 6 + 100_000);
  });

  it('makes no file where nothing is kept', async () => {
    const sidecar = new SidecarFile(path.join(directory, 'sidecar'));
    await sidecar.close();
    await expect(stat(path.join(directory, 'sidecar'))).rejects.toThrow('ENOENT');
  });

  it('says so where the file cannot be written', async () => {
    const sidecar = new SidecarFile(path.join(directory, 'absent', 'sidecar'));
    await expect(sidecar.keep(Buffer.from('x'))).rejects.toThrow('ENOENT');
    await expect(sidecar.close()).rejects.toThrow('ENOENT');
  });
});
