import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A file system of a few megabytes. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves so many bytes free. */
  fill(bytesLeft: number): void;
  /** Makes room again. */
  clear(): void;
  unmount(): void;
}

/** Mounts one in a new folder; `undefined` where that is not allowed. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | undefined {
  if (process.getuid?.() !== 0 || process.platform !== 'linux') return undefined;
  mkdirSync(folder);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const disk = path.join(folder, 'disk');
  mkdirSync(disk);
  const ballast = path.join(folder, 'ballast');
  return {
    folder: disk,
    fill: (bytesLeft) => {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(ballast, Buffer.alloc(bavail * bsize - bytesLeft));
    },
    clear: () => rmSync(ballast),
    unmount: () => void execFileSync('umount', ['--lazy', folder]),
  };
}
