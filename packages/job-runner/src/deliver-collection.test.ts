import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliverCollection } from './deliver-collection.ts';
import { aJob, anOutput } from './testing/a-job.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "it's a collection-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Delivers a collection of one file to `results`. */
function deliver() {
  const source = path.join(root, 'made');
  mkdirSync(source);
  writeFileSync(path.join(source, 'collection.tsv'), '#element\tfile\tbytes\n1\t1.txt\t3\n');
  writeFileSync(path.join(source, '1.txt'), 'new');
  return deliverCollection(aJob({}), anOutput({ destination: path.join(root, 'results') }), source);
}

const results = (name: string) => path.join(root, 'results', name);

describe('deliverCollection', () => {
  it('takes a place where nothing is, or an empty directory, or an earlier collection', async () => {
    await deliver();
    expect(readFileSync(results('1.txt'), 'utf8')).toBe('new');
    writeFileSync(results('2.txt'), 'old');
    writeFileSync(results('collection.tsv'), '#element\tfile\tbytes\n1\t1.txt\t3\n2\t2.txt\t3\n');
    await deliver();
    expect(readdirSync(path.join(root, 'results')).sort()).toEqual(['1.txt', 'collection.tsv']);
    rmSync(path.join(root, 'results'), { recursive: true });
    mkdirSync(path.join(root, 'results'));
    await deliver();
    expect(readdirSync(root)).toEqual(['results']);
  });

  it('touches no directory that holds something else', async () => {
    mkdirSync(path.join(root, 'results'));
    writeFileSync(results('thesis.txt'), 'years of work');
    await expect(deliver()).rejects.toThrow('is a directory that holds something else');
    expect(readFileSync(results('thesis.txt'), 'utf8')).toBe('years of work');
    expect(existsSync(path.join(root, 'made', '1.txt'))).toBe(true);
  });

  it.each(['notes.txt', '1.txt.bai', 'file', '.hidden', 'a\nb'])(
    'touches no earlier collection with %j beside it',
    async (name) => {
      await deliver();
      writeFileSync(results(name), 'years of work');
      rmSync(path.join(root, 'made'), { recursive: true, force: true });
      await expect(deliver()).rejects.toThrow(`and ${name.split('\n')[0]}, which is none of it`);
      expect(readFileSync(results(name), 'utf8')).toBe('years of work');
      expect(readdirSync(root).sort()).toEqual(['made', 'results']);
    },
  );

  it('gives back what was there where one before was cut short, and this one cannot be done', async () => {
    const before = path.join(root, '.job-1.before');
    mkdirSync(before);
    writeFileSync(path.join(before, 'collection.tsv'), 'old');
    const destination = path.join(root, 'results');
    const nothing = path.join(root, 'nothing');
    await expect(deliverCollection(aJob({}), anOutput({ destination }), nothing)).rejects.toThrow('nothing');
    expect(readFileSync(results('collection.tsv'), 'utf8')).toBe('old');
    expect(readdirSync(root)).toEqual(['results']);
    await deliver();
    expect(readFileSync(results('collection.tsv'), 'utf8')).not.toBe('old');
    expect(readdirSync(root)).toEqual(['results']);
  });

  it('takes the place of no file and of no link', async () => {
    writeFileSync(path.join(root, 'results'), 'a file');
    await expect(deliver()).rejects.toThrow('is there, and is no directory');
    rmSync(path.join(root, 'results'));
    rmSync(path.join(root, 'made'), { recursive: true });
    symlinkSync('elsewhere', path.join(root, 'results'));
    await expect(deliver()).rejects.toThrow('is there, and is no directory');
  });
});
