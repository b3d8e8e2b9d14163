import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chosenWorkDirectory, directoryDestination, fileDestination, refuseInputs } from './destination.ts';

let directory: string;
const at = (name: string): string => path.join(directory, name);
beforeEach(() => {
  directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'destination-')));
  writeFileSync(at('file'), '');
  mkdirSync(at('d'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('fileDestination', () => {
  it('is the absolute path of a file that is there, or can be', () => {
    expect(fileDestination(at('file'), '--output')).toBe(at('file'));
    expect(fileDestination(at('d/new'), '--output')).toBe(at('d/new'));
    expect(fileDestination('new', '--output')).toBe(path.resolve('new'));
  });

  it('follows a link to a file', () => {
    symlinkSync('../file', at('d/link'));
    expect(fileDestination(at('d/link'), '--output')).toBe(at('file'));
  });

  it.each([
    ['', 'expected the name of a file'],
    ['-', 'expected the name of a file'],
    ['d', 'that is a directory'],
    ['new/', 'that is a directory'],
    ['no/new', 'there is no directory'],
    ['file/new', 'there is no directory'],
    ['/dev/null', 'that is not a regular file'],
  ])('refuses %j', (name, message) => {
    const given = /^[-/]?$|^\/dev/.test(name) ? name : `${directory}/${name}`;
    expect(() => fileDestination(given, '--output')).toThrow(message);
  });

  it('refuses a link that leads nowhere', () => {
    symlinkSync('nothing', at('link'));
    expect(() => fileDestination(at('link'), '--output')).toThrow('a link which leads nowhere');
  });
});

describe('directoryDestination', () => {
  it('is a directory that is there, or whose parent is', () => {
    expect(directoryDestination(at('d'), '--output-dir')).toBe(at('d'));
    expect(directoryDestination(at('d/new'), '--output-dir')).toBe(at('d/new'));
  });

  it.each([
    ['file', 'that is a file'],
    ['no/new', 'there is no directory'],
  ])('refuses %s', (name, message) => {
    expect(() => directoryDestination(at(name), '--output-dir')).toThrow(message);
  });
});

describe('chosenWorkDirectory', () => {
  it('must be there, if one was chosen', () => {
    expect(chosenWorkDirectory(undefined)).toBeUndefined();
    expect(chosenWorkDirectory(at('d'))).toBe(at('d'));
    expect(() => chosenWorkDirectory(at('no'))).toThrow(`--work-dir ${at('no')}: there is no directory`);
  });
});

describe('refuseInputs', () => {
  const inputs = () => [{ name: 'db', path: at('file'), size: 0, modifiedAt: 0 }];

  it('knows an input under whatever name', () => {
    symlinkSync('file', at('symbolic'));
    linkSync(at('file'), at('hard'));
    for (const name of ['file', 'symbolic', 'hard', 'd/../file']) {
      expect(() => refuseInputs(at(name), inputs(), '--output x')).toThrow(
        '--output x: that is the file of --input db',
      );
    }
  });

  it('lets other places be', () => {
    writeFileSync(at('other'), '');
    expect(() => refuseInputs(at('other'), inputs(), '--output x')).not.toThrow();
    expect(() => refuseInputs(at('new'), inputs(), '--output x')).not.toThrow();
  });
});
