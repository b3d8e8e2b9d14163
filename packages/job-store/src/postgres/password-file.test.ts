import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findPassword, passwordFromFile } from './password-file.ts';

const target = { host: 'db.example', port: 5432, database: 'jobs', user: 'galaxy' };

describe('findPassword', () => {
  test('takes the first line that fits', () => {
    const text =
      '# db.example:5432:jobs:galaxy:no\nother:*:*:*:no\n\ndb.example:*:*:galaxy:yes\n*:*:*:*:late\n';
    expect(findPassword(text, target)).toBe('yes');
    expect(findPassword('db.example:5433:jobs:galaxy:no', target)).toBeUndefined();
    expect(findPassword('localhost:5432:jobs:galaxy:yes', { ...target, host: '/run/postgresql' })).toBe(
      'yes',
    );
  });

  test('takes every password as it was written', () => {
    const escaped = (text: string) => text.replaceAll(/[\\:]/g, (character) => `\\${character}`);
    const field = fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text) && text !== '*');
    fc.assert(
      fc.property(
        field.filter((text) => !/^[/#]/.test(text)),
        field,
        field,
        field,
        (host, database, user, password) => {
          const line = [host, '5432', database, user, password].map(escaped).join(':');
          expect(findPassword(`${line}\n`, { host, port: 5432, database, user })).toBe(password);
        },
      ),
    );
  });
});

describe('passwordFromFile', () => {
  function fileOf(text: string, mode: number): NodeJS.ProcessEnv {
    const directory = mkdtempSync(path.join(tmpdir(), 'job-store-passwords-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const file = path.join(directory, 'passwords');
    writeFileSync(file, text, { mode });
    return { PGPASSFILE: file };
  }

  test('reads the file that is named, and does without one that is not there', () => {
    expect(passwordFromFile(target, 'l', fileOf('*:*:*:*:yes\n', 0o600))).toBe('yes');
    expect(passwordFromFile(target, 'l', { PGPASSFILE: '/nowhere' })).toBeUndefined();
  });

  test('refuses passwords that others can read', () => {
    expect(() => passwordFromFile(target, 'l', fileOf('*:*:*:*:yes\n', 0o644))).toThrow(/chmod 600/);
  });
});
