import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SameBytes } from './same-bytes.ts';

let top: string;
beforeEach(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'same-bytes-'));
});
afterEach(() => rm(top, { recursive: true, force: true }));

const at = (name: string) => path.join(top, name);
const big = 300_000;

describe('two files are compared', () => {
  it('by every byte, also beyond the first block, whatever was compared before', async () => {
    const bytes = new SameBytes();
    const change = fc.option(fc.integer({ min: 0, max: big - 1 }), { nil: undefined });
    const check = async (size: number, place: number | undefined): Promise<void> => {
      const content = Buffer.alloc(size, 'ab');
      await writeFile(at('one'), content);
      if (place !== undefined && place < size) content[place] = 0;
      await writeFile(at('other'), content);
      const isSame = place === undefined || place >= size;
      expect(await bytes.haveSame(at('one'), at('other'))).toBe(isSame);
    };
    const sizes = fc.oneof(fc.constant(big), fc.integer({ min: 0, max: big }));
    await fc.assert(fc.asyncProperty(sizes, change, check), { numRuns: 50 });
  });

  it('one pair after the other, however many are asked for at once', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `part-${index}`);
    for (const [index, name] of names.entries()) await writeFile(at(name), `${index % 2}`);
    await writeFile(at('one'), '0');
    const bytes = new SameBytes();
    let most = 0;
    const asked = names.map(async (name) => {
      const answer = await bytes.haveSame(at('one'), at(name));
      const open = await readdir('/proc/self/fd');
      most = Math.max(most, open.length);
      return answer;
    });
    expect(await Promise.all(asked)).toEqual(names.map((_, index) => index % 2 === 0));
    expect(most).toBeLessThan(100);
  });

  it('and are not the same where one is not there, but nothing is said of what cannot be read', async () => {
    const bytes = new SameBytes();
    await writeFile(at('file'), '');
    await mkdir(at('directory'));
    await writeFile(at('directory/file'), '');
    expect(await bytes.haveSame(at('file'), at('none'))).toBe(false);
    expect(await bytes.haveSame(at('file/below'), at('file'))).toBe(false);
    await expect(bytes.haveSame(at('file'), `${at('f')}${'f'.repeat(300)}`)).rejects.toThrow('ENAMETOOLONG');
    expect(await bytes.haveSame(at('file'), at('directory/file'))).toBe(true);
  });
});
