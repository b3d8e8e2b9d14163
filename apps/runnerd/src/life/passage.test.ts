import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closedTo } from './passage.ts';

function directories() {
  const top = mkdtempSync(path.join(tmpdir(), 'runnerd-passage-'));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  const below = path.join(top, 'a', 'b');
  mkdirSync(below, { recursive: true });
  const { uid, gid } = statSync(top);
  return {
    top,
    below,
    owner: { uid, gid },
    member: { uid: uid + 1, gid },
    other: { uid: uid + 1, gid: gid + 1 },
  };
}

describe('closedTo', () => {
  it('finds the directory that is in the way', () => {
    const { top, below, other } = directories();
    chmodSync(top, 0o700);
    expect(closedTo(other, below)).toBe(top);
    chmodSync(top, 0o711);
    expect(closedTo(other, below)).toBeUndefined();
    chmodSync(below, 0o750);
    expect(closedTo(other, below)).toBe(below);
  });

  it('lets owner and group pass by their own bits', () => {
    const { top, below, owner, member, other } = directories();
    chmodSync(top, 0o710);
    expect([owner, member, other].map((user) => closedTo(user, below))).toEqual([undefined, undefined, top]);
  });
});
