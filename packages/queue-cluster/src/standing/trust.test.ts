import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineCluster } from '../definition/define-cluster.ts';
import { createCluster, readDefinition } from './clusters.ts';
import { refuseStrangers, strangersIn } from './trust.ts';

describe('what lies in a directory', () => {
  it.each([
    [{ uid: 7, gid: 9, mode: 0o700 }, undefined],
    [{ uid: 0, gid: 0, mode: 0o755 }, undefined],
    [{ uid: 0, gid: 0, mode: 0o1777 }, undefined],
    [{ uid: 7, gid: 7, mode: 0o775 }, undefined],
    [{ uid: 7, gid: 9, mode: 0o775 }, 'is open to others'],
    [{ uid: 0, gid: 0, mode: 0o777 }, 'is open to others'],
    [{ uid: 8, gid: 9, mode: 0o700 }, "is somebody else's"],
  ])('for user 7, of %j: %s', (ownership, expected) => {
    expect(strangersIn(ownership, 7, false)).toBe(expected);
  });

  it('is not obeyed by root either where it is of another user', () => {
    expect(strangersIn({ uid: 7, gid: 7, mode: 0o700 }, 0, false)).toBe("is somebody else's");
    expect(strangersIn({ uid: 0, gid: 0, mode: 0o777 }, 0, true)).toBeUndefined();
    expect(strangersIn({ uid: 7, gid: 0, mode: 0o777 }, 0, true)).toBe("is somebody else's");
  });
});

describe('what lies in a directory, seen from a user namespace', () => {
  it('may lie under what is of somebody outside, if others cannot write to it', () => {
    const outsiders = { uid: 65534, gid: 65534, mode: 0o755 };
    expect(strangersIn(outsiders, 7, false, 65534)).toBeUndefined();
    expect(strangersIn({ ...outsiders, mode: 0o1777 }, 7, false, 65534)).toBeUndefined();
    expect(strangersIn({ ...outsiders, mode: 0o775 }, 7, false, 65534)).toBe('is open to others');
    expect(strangersIn(outsiders, 7, false)).toBe("is somebody else's");
  });
});

describe('the directory of a cluster', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'trust-'));
    mkdirSync(join(folder, 'clusters', 'mine'), { recursive: true, mode: 0o700 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const mine = () => join(folder, 'clusters', 'mine');

  it('is obeyed where only its owner can write, there and above', async () => {
    await expect(refuseStrangers(mine())).resolves.toBeUndefined();
    symlinkSync(mine(), join(folder, 'link'));
    await expect(refuseStrangers(join(folder, 'link'))).resolves.toBeUndefined();
  });

  it.each(['clusters/mine', 'clusters'])('is refused where others can write to %s', async (open) => {
    chmodSync(join(folder, open), 0o777);
    await expect(refuseStrangers(mine())).rejects.toMatchObject({
      code: 'DAMAGED',
      message: expect.stringContaining(`${open} is open to others; a cluster's directory must be yours`),
    });
  });

  it('is refused where everybody may make files in it, though nobody can remove those of others', async () => {
    chmodSync(mine(), 0o1777);
    await expect(refuseStrangers(mine())).rejects.toThrow('is open to others');
  });

  it('is made beside those of others, but not where they can take it away', async () => {
    const definition = defineCluster({ name: 'new', options: { on: 'shell', agents: '1' }, sites: [] });
    const clusters = join(folder, 'clusters');
    chmodSync(clusters, 0o777);
    await expect(createCluster(clusters, definition)).rejects.toThrow('is open to others');
    chmodSync(clusters, 0o1777);
    await expect(createCluster(clusters, definition)).resolves.toBe(join(clusters, 'new'));
    await expect(readDefinition(join(clusters, 'new'))).resolves.toEqual(definition);
    chmodSync(join(clusters, 'new'), 0o777);
    await expect(readDefinition(join(clusters, 'new'))).rejects.toThrow('chmod go-w');
  });

  it('is refused where a link leads to what others can change', async () => {
    symlinkSync(mine(), join(folder, 'link'));
    chmodSync(join(folder, 'clusters'), 0o777);
    await expect(refuseStrangers(join(folder, 'link'))).rejects.toThrow('clusters is open to others');
  });
});
