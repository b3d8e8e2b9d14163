import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Trash } from './trash.ts';

function trashForTest() {
  const directory = mkdtempSync(path.join(tmpdir(), 'runnerd-trash-'));
  const problems: string[] = [];
  const place = path.join(directory, 'trash');
  const trash = new Trash(place, (message) => problems.push(message));
  onTestFinished(async () => {
    await trash.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const make = (name: string): string => {
    mkdirSync(path.join(directory, name, 'below'), { recursive: true });
    writeFileSync(path.join(directory, name, 'below', 'file'), '');
    return path.join(directory, name);
  };
  return { trash, place, make, problems };
}

const isEmpty = (place: string) => vi.waitUntil(() => readdirSync(place).length === 0, { timeout: 60_000 });

describe('Trash', () => {
  it('puts directories out of the way at once, and removes them soon', async () => {
    const { trash, place, make, problems } = trashForTest();
    await trash.open();
    const thrown = ['-rf', 'b'].map(make);
    for (const file of thrown) await trash.discard(file);
    expect(thrown.map((file) => existsSync(file))).toEqual([false, false]);
    await isEmpty(place);
    expect(problems).toEqual([]);
  });

  it('takes another one of a name that it has not removed yet', async () => {
    const { trash, place, make, problems } = trashForTest();
    await trash.open();
    for (let time = 0; time < 2; time++) await trash.discard(make('again'));
    await isEmpty(place);
    expect(problems).toEqual([]);
  });

  it('begins with what an earlier process has left', async () => {
    const { trash, place, make } = trashForTest();
    make('trash/left');
    await trash.open();
    await isEmpty(place);
  });

  it('takes what is not there for thrown away', async () => {
    const { trash, place, make } = trashForTest();
    await trash.open();
    await trash.discard(`${make('a')}-not`);
    await isEmpty(place);
  });
});
