import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSource, recordFormatNamed, scanRecords } from '@galaxy-mesos/formats';

/** A file cut into parts, as files. */
export interface Cut {
  readonly whole: string;
  readonly parts: readonly string[];
  readonly records: number;
}

/** A directory that is gone when the test is over. */
export class Workspace implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'formats-text-'));

  /** Writes a file of this format and cuts it into parts of at most `size` records. */
  async cut(format: string, content: string, size: number): Promise<Cut> {
    const whole = join(this.path, `whole.${format}`);
    writeFileSync(whole, content);
    await using source = await openSource(whole);
    const scan = scanRecords(recordFormatNamed(format), source);
    const starts = (await Array.fromAsync(scan.starts)).flat();
    const { header, footer } = scan.frame;
    const bytes = readFileSync(whole);
    const parts: string[] = [];
    for (let first = 0; first < starts.length; first += size) {
      const begin = first === 0 && header.length === 0 ? 0 : starts[first];
      const body = bytes.subarray(begin, starts[first + size] ?? scan.bodyEnd);
      const part = join(this.path, `part${parts.length}.${format}`);
      writeFileSync(part, Buffer.concat([header, body, footer]));
      parts.push(part);
    }
    return { whole, parts, records: starts.length };
  }

  /** Writes another file that a program needs. */
  file(name: string, content: string): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** What a program writes to its standard output. */
export const output = (program: string, ...parameters: readonly string[]): string =>
  execFileSync(program, parameters, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Whether a program is there; says so if it is not. */
export const isInstalled = (program: string, ...parameters: readonly string[]): boolean => {
  try {
    execFileSync(program, parameters, { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(`${program} is not installed: tests with it are skipped`);
    return false;
  }
};
