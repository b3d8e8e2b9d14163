import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type Started, startedAs } from './started-as.ts';

const words = [process.execPath, '-p', 'process.getuid() + " " + process.getgid()'] as const;
const nobody = { uid: 65534, gid: 65534 };
const said = ({ command, parameters, user }: Started): string =>
  execFileSync(command, parameters, { ...user, encoding: 'utf8', cwd: '/' }).trim();

describe('a program that is started', () => {
  it("is this user's own where nobody else is meant", () => {
    const own = `${process.getuid?.()} ${process.getgid?.()}`;
    expect(said(startedAs(undefined, words))).toBe(own);
    expect(said(startedAs({ uid: process.getuid?.() ?? 0, gid: 0 }, words))).toBe(own);
  });

  it.skipIf(process.getuid?.() !== 0)("is another user's, with or without a program for that", () => {
    expect(said(startedAs(nobody, words))).toBe('65534 65534');
    expect(said(startedAs(nobody, words, () => false))).toBe('65534 65534');
  });

  it.skipIf(process.getuid?.() !== 0)('runs also where no user has the number', () => {
    expect(said(startedAs({ uid: 54_321, gid: 54_321 }, words))).toBe('54321 54321');
  });
});
