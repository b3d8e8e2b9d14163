import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { processesBelow } from '../../../test-fixtures/real-mesos/mesos-process.ts';
import { directoryForTest, eventsIn, fasta, galaxyMesos, linesOf, program, Run, start } from './command.ts';
import { finishedTasks, moveAttempts } from './state.ts';

let cwd: string;
let log: string;
beforeEach(() => {
  cwd = directoryForTest();
  log = path.join(cwd, 'log');
  writeFileSync(log, '');
});

const read = (file: string): string => readFileSync(path.join(cwd, file), 'utf8');
const workDirectory = (): string => path.join(cwd, '.o.galaxy-mesos');

/** `map` of so many parts, whose tasks write their id into the log when they end. */
const mapWords = (parts: number, before: string, options: readonly string[] = []): string[] => {
  const input = path.join(cwd, 'reads.fa');
  // Written once: an input that changes makes another job.
  if (!existsSync(input) || readFileSync(input, 'utf8') !== fasta(parts)) writeFileSync(input, fasta(parts));
  const command = `${before} tr ACGT TGCA < {input} > {output} && echo $GALAXY_MESOS_TASK_ID >> '${log}'`;
  return ['map', '--input', 'reads.fa', '--size', '1', '--output', 'o', ...options, '--', command];
};

const complement = (text: string): string =>
  text.replace(/^[ACGT]+$/gm, (line) => line.replace(/./g, (base) => 'TGCA'['ACGT'.indexOf(base)] ?? base));

const resumed = (words: readonly string[]): string[] => words.toSpliced(1, 0, '--resume');

/** The tasks that the store had as finished, if there is a store. */
const finishedNow = (): string[] =>
  existsSync(path.join(workDirectory(), 'job.sqlite')) ? finishedTasks(workDirectory()) : [];

function expectNothingLeft(): void {
  expect(processesBelow(cwd)).toEqual([]);
  expect(existsSync(workDirectory())).toBe(false);
}

describe('kill -9 of the command, then --resume', () => {
  it('ends at any moment with the same output, and runs nothing twice', async () => {
    const words = mapWords(200, 'sleep 0.05;');
    const moments = Array.from({ length: 10 }, () => Math.round(Math.random() * 900));
    let finishedAtKills = 0;
    for (const [index, moment] of moments.entries()) {
      const run = start(index === 0 ? words : resumed(words), { cwd });
      await sleep(moment);
      await run.killed();
      const finished = finishedNow();
      expect(finished.length, `killed after ${moments} ms`).toBeGreaterThanOrEqual(finishedAtKills);
      finishedAtKills = finished.length;
      // From here on a line of one of these would be a second run of it.
      appendFileSync(log, finished.map((id) => `had ${id}\n`).join(''));
    }
    const { code, stderr } = await galaxyMesos(resumed(words), { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(read('o')).toBe(complement(fasta(200)));
    const lines = linesOf(read('log'));
    const ended = lines.filter((line) => !line.startsWith('had '));
    const again = ended.filter(
      (id) => lines.indexOf(`had ${id}`) !== -1 && lines.lastIndexOf(id) > lines.indexOf(`had ${id}`),
    );
    expect(again, `killed after ${moments} ms`).toEqual([]);
    // Stronger: what ran while nobody watched is found to have ended, and counts.
    expect(ended.toSorted(), `killed after ${moments} ms`).toEqual([...new Set(ended)].toSorted());
    expect(ended).toHaveLength(200);
    expectNothingLeft();
  });

  it.each([
    ['planned', '"event":"planned"'],
    ['the first task runs', '"state":"active"'],
    ['the first task is done', '"state":"finished"'],
    ['the parts are being joined', '"event":"merging"'],
    // This merge is a task of its own.
    ['the parts are joined', '"task":"join 1 of output","state":"finished"', '--merge', 'concat'],
    ['all is done', '"event":"finished"'],
  ])('goes on when the command was killed as soon as %s', async (_moment, text, ...merge) => {
    const words = mapWords(4, 'sleep 0.05;', ['--json', '--keep', ...merge]);
    const run = start(words, { cwd });
    await run.until((printed) => printed.includes(text));
    await run.killed();
    const { code, stdout, stderr } = await galaxyMesos(resumed(words), { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(eventsIn(stdout).at(-1)).toMatchObject({ event: 'finished', state: 'ok' });
    expect(read('o')).toBe(complement(fasta(4)));
    expect(linesOf(read('log'))).toHaveLength(4);
    expect(processesBelow(cwd)).toEqual([]);
  });
});

describe('--resume', () => {
  const failing = (word: string): string[] => mapWords(4, `grep -q ${word} {input} && exit 3;`);

  it('runs only what is not done after a task failed, and may ask for more memory', async () => {
    const fix = path.join(cwd, 'fixed');
    const words = mapWords(4, `[ -e ${fix} ] || ! grep -q r3 {input} || exit 3;`);
    const first = await galaxyMesos(words, { cwd });
    expect(first.code).toBe(1);
    expect(linesOf(read('log'))).toHaveLength(3);
    writeFileSync(fix, '');
    const second = await galaxyMesos(['map', '--resume', '--mem', '2048', ...words.slice(1)], { cwd });
    expect(second).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(new Set(linesOf(read('log'))).size).toBe(4);
    expect(linesOf(read('log'))).toHaveLength(4);
    expect(read('o')).toBe(complement(fasta(4)));
  });

  it('is what the command itself tells to type, and that works', async () => {
    const words = mapWords(2, `[ -e "it's fixed" ] || [ -e ../../../fixed ] || exit 3;`);
    const { stderr } = await galaxyMesos(words, { cwd });
    const typed = /To go on:\n {2}(galaxy-mesos map .*)\n$/s.exec(stderr)?.[1] ?? '';
    writeFileSync(path.join(cwd, 'fixed'), '');
    const script = `galaxy-mesos() { '${process.execPath}' '${program}' "$@"; }\n${typed}`;
    const again = new Run(['/bin/bash', '-c', script], { cwd });
    expect(await again.ended()).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(read('o')).toBe(complement(fasta(2)));
  });

  it('refuses another command, and the same without --resume or --restart', async () => {
    expect((await galaxyMesos(failing('r1'), { cwd })).code).toBe(1);
    const other = await galaxyMesos(resumed(failing('r2')), { cwd });
    expect(other).toEqual({
      code: 2,
      stdout: '',
      stderr:
        `galaxy-mesos: --resume: the unfinished run in ${workDirectory()} is of another job; these differ: command. ` +
        'Give the same command as then, or begin anew with --restart\n',
    });
    const neither = await galaxyMesos(failing('r1'), { cwd });
    expect(neither.code).toBe(2);
    expect(neither.stderr).toBe(
      `galaxy-mesos: an earlier run was not finished (${workDirectory()}); go on with it by --resume, or throw it away by --restart\n`,
    );
  });

  it('refuses when the input was changed meanwhile', async () => {
    const words = failing('r1');
    expect((await galaxyMesos(words, { cwd })).code).toBe(1);
    appendFileSync(path.join(cwd, 'reads.fa'), '>late\nA\n');
    const { code, stderr } = await galaxyMesos(resumed(words), { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('these differ: inputs');
  });

  it('refuses to start tasks again that may run under a framework whose id was lost', async () => {
    const started = path.join(cwd, 'started');
    const words = mapWords(1, `echo >> ${started}; sleep 60;`);
    const run = start(words, { cwd });
    while (!existsSync(started)) await sleep(5);
    await run.killed();
    moveAttempts(workDirectory(), '127.0.0.1:1');
    const again = await galaxyMesos(['map', '--resume', '--mesos', '127.0.0.1:1', ...words.slice(1)], {
      cwd,
    });
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toMatch(
      /^galaxy-mesos: 1 task of the earlier run may still run on 127.0.0.1:1, .* --restart\n$/,
    );
    expect(existsSync(workDirectory())).toBe(true);
    expect(processesBelow(cwd)).toEqual([]);
  });

  it('begins where there is nothing to go on with', async () => {
    expect((await galaxyMesos(resumed(mapWords(2, '')), { cwd })).code).toBe(0);
    expect(read('o')).toBe(complement(fasta(2)));
  });

  it('does nothing for a run that was finished and kept, unless its result is gone', async () => {
    const words = mapWords(2, '', ['--keep']);
    expect((await galaxyMesos(words, { cwd })).code).toBe(0);
    expect((await galaxyMesos(resumed(words), { cwd })).code).toBe(0);
    expect(linesOf(read('log'))).toHaveLength(2);
    writeFileSync(path.join(cwd, 'reads.fa'), fasta(3));
    expect((await galaxyMesos(resumed(words), { cwd })).code).toBe(0);
    expect(read('o')).toBe(complement(fasta(3)));
  });
});

describe('--restart', () => {
  it('ends what a killed run left running, and begins anew', async () => {
    const started = path.join(cwd, 'started');
    const words = mapWords(2, `echo >> ${started}; [ -e go ] || sleep 60;`, ['--json']);
    const run = start(words, { cwd });
    await run.until((printed) => printed.includes('"state":"active"'));
    while (!existsSync(started)) await sleep(5);
    await run.killed();
    expect(processesBelow(cwd)).not.toEqual([]);
    const other = mapWords(3, '', ['--restart']);
    expect(await galaxyMesos(other, { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(read('o')).toBe(complement(fasta(3)));
    expect(linesOf(read('log'))).toHaveLength(3);
    expectNothingLeft();
  });
});
