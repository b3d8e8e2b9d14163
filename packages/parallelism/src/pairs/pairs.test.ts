import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planSplit } from '../strategies.ts';
import { planContext } from '../testing/plan-context.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'pairs-'));
});
afterAll(() => rm(directory, { recursive: true }));

const fileOf = async (name: string, content: string): Promise<string> => {
  const file = path.join(directory, name);
  await writeFile(file, content);
  return file;
};

/** The records of each side of each part. */
const pairsOf = async (left: string, right: string, parameters: object) => {
  const inputs = [
    { name: 'a', paths: [await fileOf('a', left)] },
    { name: 'b', paths: [await fileOf(left === right ? 'a' : 'b', right)] },
  ] as const;
  const split = { strategy: 'pairs', parameters: { format: 'fasta', ...parameters } };
  const parts = await Array.fromAsync(planSplit(split, inputs, planContext()));
  return parts.map(({ slices, values, label }) => {
    const texts = slices.map(({ input, pieces: [piece] }) => {
      const content = input === 'a' ? left : right;
      return piece?.kind === 'range' ? content.slice(piece.offset, piece.offset + piece.length) : '';
    });
    return { texts, values, label };
  });
};

describe('the strategy pairs', () => {
  it('runs every block of the one input against every block of the other', async () => {
    const found = await pairsOf('>1\n>2\n>3\n', '>x\n>y\n', { size: 2 });
    expect(found).toEqual([
      { texts: ['>1\n>2\n', '>x\n>y\n'], values: { left: '1', right: '1' }, label: 'block 1 x 1' },
      { texts: ['>3\n', '>x\n>y\n'], values: { left: '2', right: '1' }, label: 'block 2 x 1' },
    ]);
  });

  it('leaves out the other order of each pair where that makes no difference', async () => {
    const same = '>1\n>2\n>3\n';
    const labels = (await pairsOf(same, same, { size: 1, symmetric: true })).map(({ texts }) =>
      texts.join(''),
    );
    expect(labels).toEqual(['>1\n>1\n', '>1\n>2\n', '>1\n>3\n', '>2\n>2\n', '>2\n>3\n', '>3\n>3\n']);
  });

  it('refuses symmetric pairs of two files, and more pairs than may run', async () => {
    await expect(pairsOf('>1\n', '>2\n', { size: 1, symmetric: true })).rejects.toThrow(
      'symmetric needs the same file twice',
    );
    const many = '>\n'.repeat(400);
    await expect(pairsOf(many, many, { size: 1 })).rejects.toThrow('there would be 160000 pairs of blocks');
  });
});
