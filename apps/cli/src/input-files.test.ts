import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allFiles, existingFile, inputFiles } from './input-files.ts';

let directory: string;
const at = (name: string): string => path.join(directory, name);
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'inputs-'));
  writeFileSync(at('a.fa'), '>a\n');
  writeFileSync(at('b=c.fa'), '>bc\n');
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('inputFiles', () => {
  it('finds files, by name or under the default name', () => {
    expect(inputFiles([at('a.fa'), `db=${at('b=c.fa')}`], 'input')).toEqual([
      { name: 'input', path: at('a.fa'), size: 3, modifiedAt: expect.any(Number) },
      { name: 'db', path: at('b=c.fa'), size: 4, modifiedAt: expect.any(Number) },
    ]);
  });

  it('keeps the path of a link, and takes the size of what it leads to', () => {
    symlinkSync('a.fa', at('link'));
    expect(inputFiles([at('link')], 'input')).toMatchObject([{ path: at('link'), size: 3 }]);
  });

  it('takes names of nested inputs, and those of files with = behind a path', () => {
    expect(inputFiles([`advanced|db=${at('a.fa')}`])).toMatchObject([{ name: 'advanced|db' }]);
    expect(inputFiles([at('b=c.fa')], 'input')).toMatchObject([{ name: 'input' }]);
  });

  it.each([
    [['x='], "--input x=: the file's name is missing"],
    [[''], "--input : the file's name is missing"],
    [['nothing.fa'], '--input nothing.fa: there is no file nothing.fa'],
    [['x=nothing.fa'], '--input x=nothing.fa: there is no file nothing.fa'],
  ])('refuses %j', (given, message) => {
    expect(() => inputFiles(given, 'input')).toThrow(message);
  });

  it('takes several files of one name for one input, in their order', () => {
    const inputs = inputFiles([`r=${at('b=c.fa')}`, `db=${at('a.fa')}`, `r=${at('a.fa')}`]);
    expect(inputs).toMatchObject([
      { name: 'r', path: at('b=c.fa'), more: [{ path: at('a.fa'), size: 3 }] },
      { name: 'db', path: at('a.fa') },
    ]);
    expect(allFiles(inputs).map((file) => [file.name, file.path])).toEqual([
      ['r', at('b=c.fa')],
      ['r', at('a.fa')],
      ['db', at('a.fa')],
    ]);
  });

  it('refuses two without a name, and one where there is no default', () => {
    const given = [at('a.fa'), at('b=c.fa')];
    expect(() => inputFiles(given, 'input')).toThrow('two --input are named input: give each a name');
    expect(() => inputFiles(given)).toThrow('expected NAME=FILE');
  });
});

describe('existingFile', () => {
  it('refuses what is no regular file, naming what it was for', () => {
    mkdirSync(at('d'));
    expect(() => existingFile(at('d'), 'TOOL.xml')).toThrow(`TOOL.xml: ${at('d')} is not a regular file`);
    expect(() => existingFile('/dev/null', 'x')).toThrow('x: /dev/null is not a regular file');
    expect(() => existingFile(at('a.fa/b'), 'x')).toThrow(`x: there is no file ${at('a.fa/b')}`);
  });
});
