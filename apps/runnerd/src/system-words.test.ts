import { describe, expect, it } from 'vitest';
import { addressTrouble, pathTrouble } from './system-words.ts';

const failed = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: raw words`), { code, ...(path !== undefined && { path }) });

describe('pathTrouble', () => {
  it('says in words what is the matter with the path that the error names, or with the file that was meant', () => {
    expect(pathTrouble(failed('ENOENT', '/a/b'), '/a')).toBe('/a/b does not exist');
    expect(pathTrouble(failed('EISDIR'), '/a')).toBe('/a is a directory, not a file');
    expect(pathTrouble(failed('EROFS', '/a'))).toBe('/a is on a file system that can only be read');
  });

  it('leaves what it has no words for as it is', () => {
    expect(pathTrouble(failed('EWHAT', '/a'))).toBe('EWHAT: raw words');
    expect(pathTrouble(failed('ENOENT'))).toBe('ENOENT: raw words');
    expect(pathTrouble('thrown')).toBe('thrown');
  });
});

describe('addressTrouble', () => {
  it('says in words why an address cannot be listened on', () => {
    expect(addressTrouble(failed('EADDRNOTAVAIL'))).toBe('this machine has no such address');
    expect(addressTrouble(failed('EWHAT'))).toBe('EWHAT: raw words');
  });
});
