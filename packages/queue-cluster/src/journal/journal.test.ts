import { appendFile, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Journal } from './journal.ts';
import { parseLines, printLines } from './lines.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
  path = join(folder, 'journal.jsonl');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const schema = z.object({ kind: z.string(), at: z.number() });
const none = () => [];
const ours = async () => undefined;
const mayWrite = async () => undefined;
const line = (at: number) => ({ kind: 'intended', at });

const reopened = async () => {
  const { journal, lines } = await Journal.open(path, schema);
  await journal.close();
  return lines;
};

describe('a journal', () => {
  it("says after a crash what was appended, and is its owner's alone", async () => {
    const { journal, lines } = await Journal.open(path, schema);
    expect(lines).toEqual([]);
    await journal.append([line(1), line(2)], none, ours);
    await journal.append([line(3)], none, ours);
    expect(await reopened()).toEqual([line(1), line(2), line(3)]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await journal.close();
  });

  it('cuts off a last line that is torn, and goes on after it', async () => {
    await writeFile(path, printLines([line(1)]));
    await appendFile(path, '{"kind":"inte');
    const { journal } = await Journal.open(path, schema);
    await journal.append([line(2)], none, ours);
    await journal.close();
    expect(await readFile(path, 'utf8')).toBe(printLines([line(1), line(2)]));
  });

  it('cuts off a last line of zeros, as a crash of the machine leaves', async () => {
    await writeFile(path, `${printLines([line(1)])}${'\0'.repeat(100)}\n`);
    expect(await reopened()).toEqual([line(1)]);
  });

  it('names a line in the middle that cannot be understood', async () => {
    await writeFile(path, `${printLines([line(1)])}{"kind":5}\n${printLines([line(2)])}`);
    await expect(Journal.open(path, schema)).rejects.toThrow(/\[DAMAGED\] line 2 of .*journal\.jsonl/);
  });

  it('is written anew where most of it does not count any more', async () => {
    const { journal } = await Journal.open(path, schema);
    const many = Array.from({ length: 1100 }, (_, at) => line(at));
    await journal.append(many, none, ours);
    await journal.compact(() => many, mayWrite);
    expect(await reopened()).toHaveLength(1100);
    await journal.compact(() => [line(7)], mayWrite);
    await journal.append([line(8)], none, ours);
    await journal.close();
    expect(await reopened()).toEqual([line(7), line(8)]);
  });

  it('stays as it is where another launcher has taken over in the last moment', async () => {
    const { journal } = await Journal.open(path, schema);
    const many = Array.from({ length: 1100 }, (_, at) => line(at));
    await journal.append(many, none, ours);
    const refuse = () => Promise.reject(new Error('taken over'));
    await expect(journal.compact(() => [line(7)], refuse)).rejects.toThrow('taken over');
    await journal.close();
    expect(await reopened()).toEqual(many);
    expect(await readdir(folder)).toEqual(['journal.jsonl']);
  });

  it('loses nothing where another launcher that was taken for dead has written it anew', async () => {
    const { journal } = await Journal.open(path, schema);
    await journal.append([line(1), line(2)], none, ours);
    const other = `${path}.other`;
    await writeFile(other, printLines([line(1)]));
    await rename(other, path);
    await journal.append([line(3)], () => [line(1), line(2)], ours);
    await journal.append([line(4)], none, ours);
    await journal.close();
    expect(await reopened()).toEqual([line(1), line(2), line(3), line(4)]);
  });

  it('is left to its successor by who was taken for dead', async () => {
    const { journal } = await Journal.open(path, schema);
    await journal.append([line(1)], none, ours);
    await writeFile(`${path}.other`, printLines([line(1), line(2)]));
    await rename(`${path}.other`, path);
    const taken = async () => {
      throw new Error('another launcher has it');
    };
    await expect(journal.append([line(3)], () => [line(1)], taken)).rejects.toThrow(
      'another launcher has it',
    );
    await journal.close();
    expect(await reopened()).toEqual([line(1), line(2)]);
  });

  it('says, cut at any byte, what the whole lines before say', { timeout: 60_000 }, () => {
    const lines = fc.array(fc.record({ kind: fc.string({ unit: 'binary' }), at: fc.integer() }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(lines, fc.nat(), (written, cutAt) => {
        const whole = Buffer.from(printLines(written));
        const cut = whole.subarray(0, cutAt % (whole.length + 1));
        const { lines: read, bytes } = parseLines(path, cut.toString('utf8'), schema);
        expect(read).toEqual(written.slice(0, read.length));
        expect(bytes).toBe(Buffer.byteLength(printLines(read)));
        const next = written[read.length];
        if (next) expect(cut.length).toBeLessThan(bytes + Buffer.byteLength(printLines([next])));
      }),
      { numRuns: 50 },
    );
  });
});
