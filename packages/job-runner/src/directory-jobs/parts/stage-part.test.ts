import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partsPath } from '../layout.ts';
import { keepPart } from './keep-part.ts';
import { PartStage } from './stage-part.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'stage-part-'));
  file = path.join(directory, 'input');
  await writeFile(file, '0123456789');
});
afterEach(() => rm(directory, { recursive: true, maxRetries: 5 }));

const { signal } = new AbortController();
const stage = new PartStage();

type Pieces = Parameters<typeof keepPart>[2]['slices'][number]['pieces'];
const range = (offset: number, length: number): Pieces => [{ kind: 'range', path: file, offset, length }];

function keep(pieces: Pieces): string {
  const input = { name: 'txt', path: file, partName: 'inputs/in', size: 10, modifiedAt: 0 };
  const chosen = { inputs: [input], split: { alternatives: [] }, indexes: [] };
  return keepPart(directory, chosen, { index: 0, slices: [{ input: 'txt', pieces }] }, false);
}

const read = async (name: string): Promise<string> => {
  const slices = await stage.slices(directory, name, signal);
  return readFile(path.join(slices?.directory ?? '', 'inputs/in'), 'utf8');
};

const left = async (name: string) => readdir(path.join(partsPath(directory), `${name}.slices`));

describe('slices that are sent', () => {
  it('are cut once, for as many as ask', async () => {
    const name = keep(range(2, 3));
    expect(await Promise.all([read(name), read(name), read(name)])).toEqual(['234', '234', '234']);
    await writeFile(file, 'other');
    expect(await read(name)).toBe('234');
    expect(await left(name)).toHaveLength(1);
  });

  it('are none of a job that runs whole', async () => {
    expect(await stage.slices(directory, '000000', signal)).toBeUndefined();
  });

  it('are never those of an earlier plan', async () => {
    expect(await read(keep(range(2, 3)))).toBe('234');
    expect(await read(keep(range(5, 2)))).toBe('56');
  });

  it('are files, also where a part has a whole one', async () => {
    const slices = await stage.slices(directory, keep([{ kind: 'file', path: file }]), signal);
    expect((await lstat(path.join(slices?.directory ?? '', 'inputs/in'))).isFile()).toBe(true);
  });

  it('are gone once nobody asks for them any more', async () => {
    const name = keep(range(2, 3));
    await read(name);
    await stage.drop(directory, name);
    await stage.drop(directory, name);
    expect(await readdir(partsPath(directory))).toEqual([name, `${name}.json`]);
    expect(await read(name)).toBe('234');
  });

  it('are refused where the input is not what it was, and nothing is left of them', async () => {
    const name = keep(range(8, 5));
    const expected = {
      code: 'INPUT_CHANGED',
      message: expect.stringMatching(/cannot cut 5 bytes from byte 8/),
    };
    await expect(read(name)).rejects.toMatchObject(expected);
    expect(await left(name)).toEqual([]);
  });

  it('are not taken from the beginning of a text that was to be longer', async () => {
    const name = keep(range(2, 3));
    await writeFile(path.join(partsPath(directory), name), 'mkdir -p inputs\n: > inputs/in\n');
    await expect(read(name)).rejects.toMatchObject({ code: 'INPUT_CHANGED' });
  });

  it('keep nobody waiting for ever, and end with the job: of a pipe without a writer there are none', async () => {
    const pipe = path.join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const name = keep([{ kind: 'range', path: pipe, offset: 0, length: 3 }]);
    const job = new AbortController();
    await expect(stage.slices(directory, name, job.signal, 50)).rejects.toThrow('still being cut');
    const waiting = stage.slices(directory, name, job.signal);
    job.abort(new Error('the job was removed'));
    await expect(waiting).rejects.toThrow('the job was removed');
    expect(await left(name)).toEqual([]);
  });
});
