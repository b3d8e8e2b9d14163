import { describe, expect, it } from 'vitest';
import { sharedFileSystem } from './shared-file-system.ts';

describe('sharedFileSystem', () => {
  it('knows those that nodes share, whether the number comes with a sign or not', () => {
    expect(sharedFileSystem(0x6969)).toBe('NFS');
    expect(sharedFileSystem(0xfe534d42)).toBe('SMB');
    expect(sharedFileSystem(0xfe534d42 | 0)).toBe('SMB');
    expect(sharedFileSystem(0xef53)).toBeUndefined();
  });
});
