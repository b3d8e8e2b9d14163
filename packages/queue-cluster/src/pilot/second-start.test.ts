import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { factsShell } from './shell/facts.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'second-start-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What a start of the pilot takes itself for, after other lines of shell. */
function start(before = ''): string {
  const script = [
    factsShell,
    'dialect=shell pilot=gm-a host=h directory=$1',
    before,
    'started_before && echo second || echo first',
  ].join('\n');
  return spawnSync('bash', ['-c', script, 'pilot', directory], { encoding: 'utf8' }).stdout.trim();
}

describe('a pilot', { timeout: 60_000 }, () => {
  it('takes its first start for the first, and all others for later ones', () => {
    expect([start(), start(), start()]).toEqual(['first', 'second', 'second']);
  });

  it('takes its first start for the first where nothing can be written, as on a full disk', () => {
    expect(start("trap '' XFSZ; ulimit -f 0")).toBe('first');
  });

  it('takes any start for the first where its directory is not to be seen', () => {
    expect(start('directory=/no/such')).toBe('first');
  });
});
