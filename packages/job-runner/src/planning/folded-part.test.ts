import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cutCommand, type Piece } from '@galaxy-mesos/parallelism';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foldedPart } from './folded-part.ts';
import type { HandedPart } from './planned-data.ts';
import { SidecarFile } from './sidecar-file.ts';

let root: string;
let sidecarPath: string;
let descriptor: number;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "folded it's  "));
  sidecarPath = path.join(root, 'parts.sidecar');
  descriptor = openSync(sidecarPath, 'w');
});
afterEach(() => {
  closeSync(descriptor);
  rmSync(root, { recursive: true });
});

const content = Array.from({ length: 10_000 }, (_, index) => `${index % 10}`).join('');
const file = (name: string, text = content): string => {
  const made = path.join(root, name);
  writeFileSync(made, text);
  return made;
};
const range = (where: string, offset: number, length: number): Piece => ({
  kind: 'range',
  path: where,
  offset,
  length,
});
const inputs = [{ name: 'a', path: '/a', size: 1, modifiedAt: 1, partName: 'part' }];

const fold = (pieces: readonly Piece[], command?: string): Promise<HandedPart> => {
  const slices = [{ input: 'a', pieces }];
  const part = { index: 0, slices, records: 1, cost: 1, ...(command !== undefined && { command }) };
  return foldedPart({ inputs }, part, new SidecarFile(sidecarPath, descriptor));
};

/** Cuts the first slice of a part as a task does. */
function cut({ slices: [slice] }: HandedPart) {
  const command = cutCommand(slice?.pieces ?? [], 'part');
  expect(command.length).toBeLessThan(4000);
  const { status, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd: root, encoding: 'utf8' });
  return { status, stderr, made: () => readFileSync(path.join(root, 'part'), 'utf8') };
}

const manyOf = (where: string): Piece[] => {
  const pieces: Piece[] = [];
  for (let at = 0; at < 400; at += 1) pieces.push(range(where, 5 * at, 3));
  return pieces;
};

describe('a part of very many pieces', () => {
  it('is cut by a task as any other, whatever the paths are', async () => {
    const one = file('it has "quotes" $HOME and `ticks` \\ at the end ');
    const pieces = [
      ...manyOf(one),
      range(one, 0, 0),
      { kind: 'command', command: "printf '%s' \"it's <b>\"" } as const,
      { kind: 'file', path: file('whole', 'end\n') } as const,
    ];
    const ranges = Array.from({ length: 400 }, (_, at) => content.slice(5 * at, 5 * at + 3));
    const { status, stderr, made } = cut(await fold(pieces));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(made()).toBe(`${ranges.join('')}it's <b>end\n`);
  });

  it('is not cut of a file that is shorter by now, or gone', async () => {
    const shorter = file('shorter');
    const part = await fold(manyOf(shorter));
    truncateSync(shorter, 900);
    expect(cut(part)).toMatchObject({ status: 1, stderr: expect.stringContaining('is shorter than when') });
    rmSync(shorter);
    expect(cut(part).status).toBe(1);
  });

  it('is not cut where a command of it fails', async () => {
    const pieces: Piece[] = [...manyOf(file('ranges')), { kind: 'command', command: 'exit 3' }];
    expect(cut(await fold(pieces)).status).toBe(1);
  });

  it.each([0.1, 0.5, 0.99])('is not cut where only %d of the list has been written', async (share) => {
    const part = await fold(manyOf(file('ranges')));
    truncateSync(sidecarPath, Math.floor(readFileSync(sidecarPath).length * share));
    expect(cut(part).status).toBe(1);
  });

  it('is refused where its text cannot be put into lines', async () => {
    await expect(fold(manyOf(file('a\nb')))).rejects.toThrow('has a line feed');
  });
});

describe('a part of few pieces', () => {
  it('stays as it is, and nothing is kept of it', async () => {
    const pieces = manyOf(file('ranges')).slice(0, 20);
    const { slices, command } = await fold(pieces, 'cat part');
    expect(slices).toEqual([{ input: 'a', pieces }]);
    expect(command).toBe('cat part');
    expect(readFileSync(sidecarPath)).toHaveLength(0);
  });

  it('has its command in the sidecar if that is long', async () => {
    const long = `echo ${'word '.repeat(10_000)}`;
    const { command, commandAt } = await fold([], long);
    expect(command).toBeUndefined();
    expect(readFileSync(sidecarPath, 'utf8')).toBe(`${long}\n`);
    expect(commandAt).toEqual({ path: sidecarPath, offset: 0, length: long.length + 1 });
  });
});
