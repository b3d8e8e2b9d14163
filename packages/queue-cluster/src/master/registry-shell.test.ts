import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registryShell } from './registry-shell.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'registry-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The functions for a job of that name, in a world whose time passes only while the job pauses. */
const job = (pilot: string, lines: string): string =>
  [
    `directory='${directory}' pilot=${pilot} host=node now=1000 holder_seconds=60 look_seconds=5`,
    'check_orders_and_time() { :; }',
    'finish() { echo "ended: $1"; exit; }',
    'say() { :; }',
    'pause() { now=$((now + $1)); ((now < 2000)) || { echo "still waits"; exit; }; }',
    registryShell,
    lines,
  ].join('\n');

const run = (script: string): string => {
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
};

const take = 'take_registry; has_registry && echo "$pilot has it at $now"';
const holders = () => readdirSync(directory).filter((name) => name.startsWith('holder-'));

/** A job that had the registry and was killed together with its node. */
function hold(number: number, pilot: string): void {
  mkdirSync(join(directory, `holder-${number}`));
  writeFileSync(join(directory, `holder-${number}`, 'owner'), `${pilot} node 1\n`);
}

describe('the registry of a master', { timeout: 60_000 }, () => {
  it('is taken at once where nobody has it, or who had it has given it back', () => {
    expect(run(job('a', `${take}; give_registry_back`))).toBe('a has it at 1000');
    expect(run(job('b', take))).toBe('b has it at 1000');
    expect(holders()).toEqual(['holder-2']);
  });

  it('is waited for as long as who has it shows that it lives', () => {
    hold(1, 'a');
    const beat = `pause() { now=$((now + $1)); echo "$now" >'${directory}/holder-1/beat'; ((now < 2000)) || finish deadline; }`;
    expect(run(job('b', `${beat}\n${take}`))).toBe('ended: deadline');
    expect(holders()).toEqual(['holder-1']);
  });

  it('is taken over from one that has been silent for long, which sees that it has lost it', () => {
    const overtaken = `take_registry; bash -c "$other"; has_registry || echo "$pilot has lost it"`;
    const other = job('b', take).replaceAll("'", `'"'"'`);
    expect(run(job('a', `other='${other}'\n${overtaken}`))).toBe('b has it at 1060\na has lost it');
    expect(holders()).toEqual(['holder-2']);
  });

  it('is taken over by one only of two that wait, whichever is slower', () => {
    hold(1, 'dead');
    const other = job('b', take).replaceAll("'", `'"'"'`);
    // The slow one has made up its mind, and the other one is faster.
    const slow = 'say() { bash -c "$other"; pause() { echo "$pilot waits"; exit; }; }';
    expect(run(job('a', `other='${other}'\n${slow}\n${take}`))).toBe('b has it at 1060\na waits');
    expect(holders()).toEqual(['holder-2']);
    expect(readFileSync(join(directory, 'holder-2', 'owner'), 'utf8')).toMatch(/^b node \d+\n$/);
  });

  it('is not taken over by one that was so slow that others have had it meanwhile', () => {
    hold(1, 'dead');
    const others = `say() { rm -rf '${directory}/holder-1'; mkdir '${directory}/holder-3'; pause() { echo "$pilot waits"; exit; }; }`;
    expect(run(job('a', `${others}\n${take}`))).toBe('a waits');
    expect(holders()).toEqual(['holder-3']);
  });

  it('is waited for as long as it cannot be noted who has it', () => {
    const full =
      'mkdir() { command mkdir "$@" && { [ $1 = -p ] || ((now >= 1010)) || ln -s /dev/full "$1/owner"; }; }';
    expect(run(job('a', `${full}\n${take}`))).toBe('a has it at 1010');
    expect(holders()).toEqual(['holder-1']);
  });

  it('is kept while nothing can be written', () => {
    expect(run(job('a', 'take_registry; mkdir "$holder/beat"; has_registry && echo kept'))).toBe('kept');
  });
});
