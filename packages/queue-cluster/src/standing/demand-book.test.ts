import { chmod, mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Demand, parseDemand, removeDemand, writeDemand } from './demand.ts';
import { DemandBook } from './demand-book.ts';

let directory: string;
let book: DemandBook;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'demand-'));
  book = new DemandBook(directory);
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const demandClass = { cpus: 1, mem: 100, disk: 0, gpus: 0, count: 3 };
const anHour = 3_600_000;

const write = (id: string, change: Partial<Demand> = {}) =>
  writeDemand(directory, id, { at: 1, ttlSeconds: 20, classes: [demandClass], ...change });
const fileOf = (id: string) => join(directory, 'demand', `${id}.json`);
const whose = async (now: number) => (await book.read(now)).demands.map(({ from }) => from);

describe('the book of demand', () => {
  it('has what frameworks lack until they take it back, or have not renewed it for too long', async () => {
    expect(await book.read(0)).toEqual({ demands: [], problems: [] });
    await write('a');
    await write('b', { ttlSeconds: 3000 });
    expect(await book.read(1000)).toMatchObject({
      demands: [{ from: 'a', seenAt: 1000, classes: [demandClass] }, { from: 'b' }],
      problems: [],
    });
    expect(await whose(21_000)).toEqual(['a', 'b']);
    expect(await whose(21_001)).toEqual(['b']);
    expect(await readdir(join(directory, 'demand'))).toEqual(['b.json']);
    await removeDemand(directory, 'b');
    expect(await whose(21_002)).toEqual([]);
  });

  it('goes by its own clock alone, whatever those of writers and of the file server say', async () => {
    const now = 500 * anHour;
    for (const at of [now - 9 * anHour, now + 9 * anHour]) {
      await write('a', { at });
      await utimes(fileOf('a'), at / 1000, at / 1000);
      expect(await whose(now)).toEqual(['a']);
      expect(await whose(now + 20_000)).toEqual(['a']);
      expect(await whose(now + 20_001)).toEqual([]);
    }
  });

  it('does not keep the demand of one that is gone where its clock is set back', async () => {
    await write('a');
    expect(await whose(9 * anHour)).toEqual(['a']);
    expect(await whose(7 * anHour)).toEqual(['a']);
    expect(await whose(7 * anHour + 20_001)).toEqual([]);
  });

  it('counts demand from when it was last seen to change', async () => {
    await write('a');
    await book.read(0);
    await write('a', { at: 2 });
    expect((await book.read(15_000)).demands).toMatchObject([{ seenAt: 15_000 }]);
    expect(await whose(35_000)).toEqual(['a']);
    expect(await whose(35_001)).toEqual([]);
  });

  it('keeps what it read last, for as long as that counts, where it cannot read it now', async () => {
    await write('a');
    await write('b');
    await book.read(0);
    const folder = join(directory, 'demand');
    await rename(folder, `${folder}.away`);
    await writeFile(folder, 'no directory');
    expect(await book.read(10_000)).toMatchObject({
      demands: [{ from: 'a' }, { from: 'b' }],
      problems: [expect.stringContaining('ENOTDIR')],
    });
    expect(await whose(20_001)).toEqual([]);
  });

  it('does not let one file that cannot be read, or understood, spoil the others', async () => {
    await write('good');
    await write('odd');
    await book.read(0);
    await writeFile(fileOf('odd'), '{"version":3,"at":1,"ttlSeconds":15,"classes":[{"cpus":-1}]}');
    await mkdir(fileOf('worse'));
    const { demands, problems } = await book.read(5000);
    expect(demands.map(({ from }) => from)).toEqual(['good', 'odd']);
    expect(problems).toEqual([
      expect.stringMatching(/DAMAGED.*odd\.json: classes\.0\.cpus/),
      expect.stringContaining('EISDIR'),
    ]);
    await write('good', { at: 2 });
    expect(await whose(20_001)).toEqual(['good']);
  });

  it.skipIf(process.getuid?.() === 0)('tells of a file that it may not read', async () => {
    await write('secret');
    await chmod(fileOf('secret'), 0);
    expect(await book.read(0)).toEqual({ demands: [], problems: [expect.stringContaining('EACCES')] });
  });
});

describe('a demand', () => {
  it('has an id that stays in its directory', async () => {
    await expect(write('../x')).rejects.toThrow('INVALID_DEFINITION');
  });

  it('is read as it was written, with all that its tasks ask for', async () => {
    const amount = fc.double({ min: 0, max: 1e9, noNaN: true, noDefaultInfinity: true }).map((n) => n + 0);
    const constraint = fc.record(
      {
        field: fc.string({ minLength: 1 }),
        values: fc.array(fc.string(), { minLength: 1 }),
        not: fc.constant(true as const),
      },
      { requiredKeys: ['field', 'values'] },
    );
    const classes = fc.array(
      fc.record(
        {
          ...{ cpus: amount, mem: amount, disk: amount, gpus: amount, count: fc.nat() },
          ...{ longestSeconds: amount, constraints: fc.array(constraint), uncarried: fc.array(fc.string()) },
        },
        { requiredKeys: ['cpus', 'mem', 'disk', 'gpus', 'count'] },
      ),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(classes, async (asked) => {
        await write('a', { classes: asked });
        const [demand] = (await new DemandBook(directory).read(0)).demands;
        expect(demand?.classes).toEqual(asked);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['of another version', { version: 1 }, /version: expected 3/],
    ['with what is not known', { version: 3, pool: 'big' }, /pool/],
    ['without a version', {}, /version/],
  ])('%s is refused, not half understood', (_what, change, message) => {
    const text = JSON.stringify({ at: 1, ttlSeconds: 20, classes: [], ...change });
    expect(() => parseDemand('f.json', text)).toThrow(message);
  });
});
