import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cutCommand, type Piece, quoteForShell } from '@galaxy-mesos/parallelism';
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

/** More than what is gathered. */
const large = 70_000;
const content = Array.from({ length: 80_000 }, (_, index) => `${(index * index) % 10}`).join('');
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
function cut({ slices: [slice] }: HandedPart, env = process.env) {
  const command = cutCommand(slice?.pieces ?? [], 'part');
  expect(command.length).toBeLessThan(4000);
  const { status, stderr } = spawnSync('/bin/sh', ['-c', command], { cwd: root, encoding: 'utf8', env });
  return { status, stderr, made: () => readFileSync(path.join(root, 'part'), 'utf8') };
}

const manyOf = (where: string, length = large): Piece[] =>
  Array.from({ length: 200 }, (_, at) => range(where, 5 * at, length));
const contentOfMany = (length = large): string =>
  Array.from({ length: 200 }, (_, at) => content.slice(5 * at, 5 * at + length)).join('');

describe('a part of very many pieces', () => {
  it('is cut by a task as any other, whatever the paths are', async () => {
    const one = file('it has "quotes" $HOME and `ticks` \\ at the end ');
    const pieces = [
      ...manyOf(one),
      range(one, 0, 0),
      { kind: 'command', command: "printf '%s' \"it's <b>\"" } as const,
      { kind: 'file', path: file('whole', 'end\n') } as const,
    ];
    const { status, stderr, made } = cut(await fold(pieces));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(made() === `${contentOfMany()}it's <b>end\n`).toBe(true);
  });

  it('is not cut of a file that is shorter by now, or gone', async () => {
    const shorter = file('shorter');
    const part = await fold(manyOf(shorter));
    truncateSync(shorter, 60_000);
    expect(cut(part)).toMatchObject({ status: 1, stderr: expect.stringContaining('is shorter than when') });
    rmSync(shorter);
    expect(cut(part).status).toBe(1);
  });

  it.each(['with', 'without'])(
    'is not cut of a file that becomes shorter meanwhile, %s a dd',
    async (how) => {
      const shorter = file('shorter');
      const shorten = `head -c 60000 ${quoteForShell(shorter)} > less; cat less > ${quoteForShell(shorter)}`;
      const programs = path.join(root, 'programs');
      mkdirSync(programs);
      if (how === 'without') writeFileSync(path.join(programs, 'dd'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
      const env = { PATH: `${programs}:${process.env.PATH}` };
      const many = await fold(manyOf(shorter));
      const made = cut(many, env);
      expect({ status: made.status, isWhole: made.made() === contentOfMany() }).toEqual({
        status: 0,
        isWhole: true,
      });
      const part = await fold([
        ...manyOf(shorter),
        { kind: 'command', command: shorten },
        ...manyOf(shorter),
      ]);
      expect(cut(part, env)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('is shorter than when'),
      });
    },
  );

  it('is not cut where a command of it fails', async () => {
    const pieces: Piece[] = [...manyOf(file('ranges')), { kind: 'command', command: 'exit 3' }];
    expect(cut(await fold(pieces)).status).toBe(1);
  });

  it.each([0.1, 0.5, 0.99])('is not cut where only %d of the list has been written', async (share) => {
    const part = await fold(manyOf(file('ranges')));
    truncateSync(sidecarPath, Math.floor(readFileSync(sidecarPath).length * share));
    expect(cut(part).status).toBe(1);
  });

  it('has small pieces that follow each other in the sidecar, as one', async () => {
    const one = file('one');
    const pieces = [...manyOf(one, 3), range(one, 0, large), ...manyOf(one, 3), range(one, 9, 1)];
    const part = await fold(pieces);
    expect(readFileSync(sidecarPath, 'latin1')).toContain(contentOfMany(3));
    const { status, made } = cut(part);
    expect(status).toBe(0);
    const expected = `${contentOfMany(3)}${content.slice(0, large)}${contentOfMany(3)}${content[9]}`;
    expect(made() === expected).toBe(true);
  });

  it('is not planned where a small piece of it is not there any more', async () => {
    const shorter = file('shorter', 'x'.repeat(500));
    await expect(fold(manyOf(shorter, 3))).rejects.toThrow('has become shorter');
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
