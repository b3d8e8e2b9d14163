import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { noFrame } from '@galaxy-mesos/formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planContext } from '../testing/plan-context.ts';
import { sidecarIn } from '../testing/sidecar-in.ts';
import { sliceCutter } from './slice-cutter.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'slice-cutter-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('the second reading of a compressed file', () => {
  it.each(['gzip', 'zstd'] as const)('refuses %s that has become shorter', async (compression) => {
    const file = path.join(directory, compression);
    const compress = compression === 'gzip' ? gzipSync : zstdCompressSync;
    await writeFile(file, compress(Buffer.from('>a\nACGT\n')));
    const sidecar = await sidecarIn(path.join(directory, 'sidecar'));
    const cutter = await sliceCutter({ path: file, compression }, planContext({ sidecar }));
    try {
      const run = { offset: 0, length: 4, records: 1 };
      expect(await cutter.cut(run, noFrame)).toHaveLength(1);
      const rest = { offset: 4, length: 100, records: 1 };
      await expect(cutter.cut(rest, noFrame)).rejects.toMatchObject({ code: 'CHANGED', path: file });
    } finally {
      await cutter.close();
    }
  });
});
