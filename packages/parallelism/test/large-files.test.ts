import { execFile } from 'node:child_process';
import { mkdtemp, open, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cutCommand, type Part, planSplit } from '../src/index.ts';
import { planContext } from '../src/testing/plan-context.ts';
import { concatCommand } from './concat-command.ts';

const run = promisify(execFile);
const MiB = 1024 * 1024;

const { bavail, bsize } = await statfs(tmpdir());
const hasRoom = bavail * bsize > 5e9;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'large-files-'));
});
afterEach(() => rm(directory, { recursive: true }));

const sequenceLine = 'ACGTTGCAACGGTTAACCATATCGCGATTACAGGCATCGATTTGACCAGTCAGTACCTGA\n';
const sequence = (bytes: number): Buffer => Buffer.alloc(bytes, sequenceLine);

/** Cuts every part and joins them again, as tasks and the merge of a job do whose command is `cp`. */
const cutAndJoin = async (parts: readonly Part[]): Promise<void> => {
  const names: string[] = [];
  for (const { index, slices } of parts) {
    const name = `part ${index}`;
    names.push(name);
    for (const { pieces } of slices) {
      await run('/bin/sh', ['-c', cutCommand(pieces, name)], { cwd: directory });
    }
  }
  await writeFile(join(directory, 'parts.list'), names.map((name) => `${name}\0`).join(''));
  await run('/bin/sh', ['-c', concatCommand()], { cwd: directory });
};

describe('large files', () => {
  it('come out of cutting and joining as they were, even with a record of 100 MB', async () => {
    const input = join(directory, 'input.fasta');
    const file = await open(input, 'w');
    for (let index = 0; index < 50; index += 1) await file.write(`>before ${index}\n${sequenceLine}`);
    await file.write('>chromosome\r\n');
    await file.write(sequence(100e6));
    await file.write('\n');
    await file.write(`>after\n${sequenceLine.trimEnd()}`);
    await file.close();
    const split = { strategy: 'records', parameters: { format: 'fasta', parts: 5 } };
    const parts = await Array.fromAsync(planSplit(split, [{ name: 'input', paths: [input] }], planContext()));
    expect(parts).toHaveLength(5);
    expect(parts.reduce((sum, { records }) => sum + records, 0)).toBe(52);
    await cutAndJoin(parts);
    await run('cmp', [input, join(directory, 'merged')]);
  });

  it.skipIf(!hasRoom)('of 2 GB are planned in less than 256 MB of memory', async () => {
    const input = join(directory, 'input.fasta');
    const file = await open(input, 'w');
    await file.write('>chromosome\n');
    const block = sequence(16 * MiB);
    for (let index = 0; index < 64; index += 1) await file.write(block);
    await file.write('\n');
    const reads = Buffer.from(`>read\n${sequenceLine}`.repeat(250_000));
    for (let index = 0; index < 60; index += 1) await file.write(reads);
    const { size } = await file.stat();
    await file.close();
    expect(size).toBeGreaterThan(2e9);
    const records = 1 + 60 * 250_000;

    const child = join(import.meta.dirname, 'plan-in-child.ts');
    for (const [how, parts] of [
      [{ parts: 64 }, 64],
      [{ size: 1000 }, Math.ceil(records / 1000)],
    ] as const) {
      const parameters = JSON.stringify({ format: 'fasta', ...how });
      const { stdout } = await run(process.execPath, [
        '--conditions=@galaxy-mesos/source',
        child,
        input,
        parameters,
      ]);
      const { peakMegabytes, ...planned } = JSON.parse(stdout);
      expect(planned).toEqual({ parts, records, bytes: size });
      expect(peakMegabytes).toBeLessThan(256);
    }
  });
});
