import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { prepareState } from './state-directory.ts';

function directoryForTest(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'runnerd-state-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

describe('prepareState', () => {
  it('makes a key that only its owner can read, and finds it again', () => {
    const directory = path.join(directoryForTest(), 'a', 'state');
    const first = prepareState(directory);
    expect(first.secretKey).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(path.join(directory, 'secret.key')).mode & 0o777).toBe(0o600);
    expect(prepareState(directory)).toEqual(first);
  });

  it('lets nobody else in', () => {
    const directory = path.join(directoryForTest(), 'state');
    prepareState(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'lets a group pass whose user jobs run as, also through what was there',
    () => {
      const directory = path.join(directoryForTest(), 'state');
      prepareState(directory);
      const { jobs } = prepareState(directory, 60);
      for (const passable of [directory, jobs]) {
        const { uid, gid, mode } = statSync(passable);
        expect([uid, gid, mode & 0o777]).toEqual([0, 60, 0o710]);
      }
      expect(statSync(path.join(directory, 'secret.key')).mode & 0o777).toBe(0o600);
    },
  );

  it('answers paths without links', () => {
    const directory = directoryForTest();
    const { root } = prepareState(path.join(directory, 'real'));
    symlinkSync(path.join(directory, 'real'), path.join(directory, 'link'));
    expect(prepareState(path.join(directory, 'link')).root).toBe(root);
  });

  it('refuses a key that others can read', () => {
    const directory = directoryForTest();
    prepareState(directory);
    chmodSync(path.join(directory, 'secret.key'), 0o644);
    expect(() => prepareState(directory)).toThrow(/secret\.key can be read by others.*chmod 600/);
  });

  it('refuses a key that is damaged, and leaves it as it is', () => {
    const directory = directoryForTest();
    writeFileSync(path.join(directory, 'secret.key'), 'abc', { mode: 0o600 });
    expect(() => prepareState(directory)).toThrow(/does not hold a key of 32 bytes/);
    expect(readFileSync(path.join(directory, 'secret.key'), 'utf8')).toBe('abc');
  });

  it.runIf(process.platform === 'linux')('comes to an end where the system takes no directories', () => {
    for (const directory of ['/proc/state', '/proc/a/state'])
      expect(() => prepareState(directory)).toThrow(expect.objectContaining({ code: 'STATE' }));
  });

  it('says so where no directory can be made', () => {
    const directory = directoryForTest();
    writeFileSync(path.join(directory, 'file'), '');
    expect(() => prepareState(path.join(directory, 'file', 'state'))).toThrow(
      /the state directory .*file\/state cannot be used/,
    );
  });
});
