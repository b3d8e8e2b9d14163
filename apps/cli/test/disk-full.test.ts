import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { directoryForTest, fasta, galaxyMesos } from './command.ts';

function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']);
    return true;
  } catch {
    return false;
  }
}

/** A file system of so many KiB. */
function tinyFileSystem(directory: string, kibibytes: number): string {
  const place = path.join(directory, 'tiny');
  mkdirSync(place);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'none', place]);
  onTestFinished(() => void execFileSync('umount', [place]));
  return place;
}

describe.skipIf(!canMount())('on a disk that is full', () => {
  it('says so, and goes on with --resume after room was made', async () => {
    const parts = 40;
    const cwd = directoryForTest();
    const place = tinyFileSystem(cwd, 6000);
    writeFileSync(path.join(cwd, 'reads.fa'), fasta(parts));
    const ballast = path.join(place, 'ballast');
    writeFileSync(ballast, Buffer.alloc(4500 * 1024));
    const command = 'cat {input} > {output}; head -c 60000 /dev/zero > scratch';
    const words = ['map', '--input', 'reads.fa', '--size', '1', '--output', 'o', '--work-dir', place];
    const first = await galaxyMesos([...words, '--', command], { cwd });
    expect(first.code).toBe(1);
    expect(first.stderr).toMatch(/\[FULL\] .*; make room|No space left|ENOSPC/);
    expect(first.stderr).toContain('To go on:\n  galaxy-mesos map');
    rmSync(ballast);
    const resumed = await galaxyMesos([...words, '--resume', '--', command], { cwd });
    expect(resumed).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(path.join(cwd, 'o'), 'utf8')).toBe(fasta(parts));
  });
});
