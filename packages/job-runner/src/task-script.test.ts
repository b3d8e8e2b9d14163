import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { attemptDirectory, failOnExitCode, type Job } from '@galaxy-mesos/galaxy-jobs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attemptPath, prepareJobDirectory } from './job-directory.ts';
import { taskCommand, unseenMarker, unseenStatus } from './task-script.ts';
import { aJob, anOutput } from './testing/a-job.ts';
import { attemptId, runTask, type TaskOptions } from './testing/run-task.ts';

let root: string;
let directory: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'task-script-'));
  directory = path.join(root, 'job');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const run = (job: Job, options: TaskOptions = {}) => runTask(job, root, directory, options);
const inAttempt = (file: string): string => attemptPath(directory, attemptId, file);

const stdio = (changes: Partial<Job['stdio']>): Job['stdio'] => ({
  exitCodes: [],
  failOnStderr: false,
  failOnPhrases: [],
  ...changes,
});

describe('a task', () => {
  test('runs the command in the directory of its attempt, where its output stays', () => {
    const job = aJob({ command: 'pwd; echo made > result.txt' });
    expect(run(job)).toEqual({ status: 0, stdout: `${path.dirname(inAttempt('x'))}\n`, stderr: '' });
    expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('made\n');
  });

  test('runs a command of several lines that a script around it could trip over', () => {
    const command = `cd /; set -e; trap 'echo bye' EXIT\ncat <<'END' > ${attemptDirectory}/result.txt\nit's "$HOME"\nEND\nexit 0`;
    expect(run(aJob({ command }))).toMatchObject({ status: 0, stdout: 'bye\n' });
    expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('it\'s "$HOME"\n');
  });

  test('runs in the shell that the job names', () => {
    const job = aJob({ shell: '/bin/bash', command: 'words=(a b); echo "$' + '{words[1]}" > result.txt' });
    expect(run(job).status).toBe(0);
    expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('b\n');
  });

  test('fails with a line that can be recognised where the directory is not seen', () => {
    const command = taskCommand(path.join(root, 'not mounted'), aJob());
    const { status, stderr } = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([unseenStatus, `${unseenMarker} ${path.join(root, 'not mounted')}\n`]);
  });

  test('waits for a command that ends in order when it is asked to end, and does not call that a success', async () => {
    const command = [
      "trap 'sleep 0.2; echo tidy > tidied; exit 0' TERM",
      'echo half > result.txt',
      // The whole group is asked to end, as drivers do it.
      'kill -TERM 0',
      'sleep 10',
    ].join('\n');
    mkdirSync(directory, { recursive: true });
    const job = aJob({ command });
    prepareJobDirectory(job, directory, { keepParts: false });
    const task = spawn('/bin/sh', ['-c', taskCommand(directory, job)], {
      detached: true,
      stdio: 'ignore',
      env: { PATH: process.env.PATH, GALAXY_MESOS_ATTEMPT_ID: attemptId },
    });
    expect(await once(task, 'exit')).toEqual([143, null]);
    expect(readFileSync(inAttempt('tidied'), 'utf8')).toBe('tidy\n');
  });

  test('sends standard output to the output that wants it, and nowhere else', () => {
    const job = aJob({ command: 'echo line; echo note >&2', standardOutput: 'result.txt' });
    expect(run(job)).toEqual({ status: 0, stdout: '', stderr: 'note\n' });
    expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('line\n');
  });

  test('may have a job name with anything in it', () => {
    expect(run(aJob({ name: 'evil\nexit 3 # é' })).status).toBe(0);
  });
});

describe('exit codes', () => {
  const withRules = (code: number, exitCodes: Job['stdio']['exitCodes']) =>
    run(aJob({ command: `echo x > result.txt; exit ${code}`, stdio: stdio({ exitCodes }) })).status;

  test.each([0, 1, 2, 127, 255])('without other rules %i is the verdict', (code) => {
    expect(withRules(code, failOnExitCode.exitCodes)).toBe(code);
  });

  test('a command that a signal ended has failed', () => {
    expect(run(aJob({ command: 'kill -KILL $$' })).status).toBe(137);
  });

  test('the first rule that holds the code decides', () => {
    const rules: Job['stdio']['exitCodes'] = [
      { from: 3, to: 5, level: 'warning' },
      { from: 1, to: null, level: 'fatal' },
    ];
    expect([2, 3, 5, 6].map((code) => withRules(code, rules))).toEqual([2, 0, 0, 6]);
  });

  test('a code that no rule holds is no failure', () => {
    expect(withRules(4, [{ from: 5, to: 9, level: 'fatal' }])).toBe(0);
    expect(withRules(4, [])).toBe(0);
  });

  test('a rule without bounds holds every code, and 0 that is fatal becomes 1', () => {
    expect(withRules(0, [{ from: null, to: null, level: 'fatal' }])).toBe(1);
    expect(withRules(7, [{ from: null, to: null, level: 'log' }])).toBe(0);
  });

  test('running out of memory is a failure', () => {
    expect(withRules(42, [{ from: 42, to: 42, level: 'fatal_oom' }])).toBe(42);
  });
});

describe('what the command writes', () => {
  test('on stderr is a failure only where the rules say so, and is shown in both cases', () => {
    const command = 'echo made > result.txt; echo note >&2';
    expect(run(aJob({ command, stdio: stdio({ failOnStderr: true }) }))).toMatchObject({
      status: 1,
      stderr: 'note\n',
    });
    expect(run(aJob({ command, stdio: stdio({}) }))).toMatchObject({ status: 0, stderr: 'note\n' });
    const quiet = aJob({ stdio: stdio({ failOnStderr: true }) });
    expect(run(quiet).status).toBe(0);
  });

  test.each([
    ['stderr', 'echo "A FATAL Error: x" >&2'],
    ['stdout', 'echo "A FATAL Error: x"'],
  ])('on %s holds a phrase that means failure, in any case', (_stream, command) => {
    const rules = stdio({ failOnPhrases: ['no such phrase', 'fatal error:'] });
    const job = aJob({ command: `echo made > result.txt; ${command}`, stdio: rules });
    const result = run(job);
    expect(result.status).toBe(1);
    expect(result.stdout + result.stderr).toBe('A FATAL Error: x\n');
  });

  test('is searched for the phrase as it is, not for a pattern', () => {
    const rules = stdio({ failOnPhrases: ["it's [a-z]*"] });
    const command = (words: string) => `echo made > result.txt; echo "${words}" >&2`;
    expect(run(aJob({ command: command("it's over"), stdio: rules })).status).toBe(0);
    expect(run(aJob({ command: command("it's [a-z]*"), stdio: rules })).status).toBe(1);
  });

  test('into an output is not searched', () => {
    const rules = stdio({ failOnPhrases: ['error'] });
    const job = aJob({ command: 'echo error', standardOutput: 'result.txt', stdio: rules });
    expect(run(job).status).toBe(0);
  });
});

describe('outputs', () => {
  test('that are missing are a failure, with a line that names them', () => {
    const job = aJob({ command: 'true', outputs: [anOutput({ file: "it's.txt" })] });
    expect(run(job)).toMatchObject({
      status: 66,
      stderr: "galaxy-mesos: the command ended well, but did not write its output it's.txt\n",
    });
  });

  test('that may be empty are there before the command runs, and after it removed them', () => {
    const outputs = [anOutput({ whenMissing: 'empty' })];
    const job = aJob({ command: '[ -e result.txt ] && rm result.txt', outputs });
    expect(run(job).status).toBe(0);
    expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('');
  });

  test('in directories of their own find these', () => {
    const outputs = [anOutput({ file: 'a b/c/result.txt' }), anOutput({ file: 'd/e', whenMissing: 'empty' })];
    const job = aJob({ command: 'echo x > "a b/c/result.txt"', outputs });
    expect(run(job)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(existsSync(inAttempt('d/e'))).toBe(true);
  });
});

describe("the attempt's directory in a command", () => {
  const job = aJob({ command: `echo made > '${attemptDirectory}/result.txt'; echo '${attemptDirectory}'` });

  test.each(['plain', 'with spaces', 'a&b', 'a|b', 'a;b', '(x)*?[y]', '#é', 'tab\there'])(
    'is put in its place in a directory named %j',
    (name) => {
      directory = path.join(root, name);
      expect(run(job)).toEqual({ status: 0, stdout: `${path.dirname(inAttempt('x'))}\n`, stderr: '' });
      expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('made\n');
    },
  );

  test.each(["it's", 'a"b', 'a$b', 'a`b`', 'a\\b', 'two\nlines'])(
    'is refused in a directory named %j',
    (name) => {
      directory = path.join(root, name);
      expect(() => run(job)).toThrow(/^\[UNUSABLE_DIRECTORY\]/);
    },
  );

  test.each(["it's", 'a"b', 'a$b', 'a`b`', 'a\\b', 'two\nlines'])(
    'matters to nobody if the command does not name it, as in %j',
    (name) => {
      directory = path.join(root, name);
      expect(run(aJob())).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('result\n');
    },
  );
});

test('a command that ran out of memory is told of the memory that it has now', () => {
  const command = 'echo "$GALAXY_MEMORY_MB" > result.txt';
  const environment = { GALAXY_MEMORY_MB: '100' };
  const resources = { cpus: 1, mem: 100, disk: 0 };
  const job = aJob({ command, environment, resources, outOfMemory: { factor: 2, maximum: 400 } });
  expect(run(job, { environment: { ...environment, GALAXY_MESOS_MEM: '200' } }).status).toBe(0);
  expect(readFileSync(inAttempt('result.txt'), 'utf8')).toBe('200\n');
});

describe('a command in an image', () => {
  /** A program that runs containers, which writes down how it was called and runs the command here. */
  const withEngine = (script: string) => {
    const programs = path.join(root, 'programs');
    mkdirSync(programs);
    writeFileSync(path.join(programs, 'docker'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { PATH: `${programs}:${process.env.PATH}` };
  };
  const container = { image: 'quay.io/tool:1', runtime: 'docker' } as const;

  test('sees the files of its input and the directory of its job, and writes into that of its attempt', () => {
    const environment = withEngine(`[ "$1" = run ] && echo "$*" > ${path.join(root, 'call')}\nexit 0`);
    const more = [{ path: '/data/b.txt', size: 1, modifiedAt: 1 }];
    const input = { name: 'in', path: "/data/it's.txt", size: 1, modifiedAt: 1, partName: 'in', more };
    run(aJob({ container, inputs: [input], environment: { LANG: 'C' } }), { environment });
    // How paths are quoted for the program is not the matter here.
    const call = readFileSync(path.join(root, 'call'), 'utf8').replaceAll('"', '');
    const attempt = path.dirname(inAttempt('x'));
    expect(call).toContain(`--mount type=bind,source=${directory},target=${directory},readonly`);
    expect(call).toContain(`--mount type=bind,source=${attempt},target=${attempt} `);
    expect(call).toContain("source=/data/it's.txt,target=/data/it's.txt,readonly");
    expect(call).toContain('source=/data/b.txt,target=/data/b.txt,readonly');
    expect(call).toContain('--env LANG');
    expect(call).toContain(`quay.io/tool:1 /bin/sh ${directory}/command.sh`);
  });

  test('fails with the reason where nothing can run images, whatever the rules of the job say', () => {
    const environment = { PATH: path.join(root, 'nothing') };
    mkdirSync(environment.PATH);
    for (const program of ['mkdir', 'uname', 'cat'])
      symlinkSync(
        execFileSync('which', [program], { encoding: 'utf8' }).trim(),
        path.join(environment.PATH, program),
      );
    const { status, stderr } = run(aJob({ container, stdio: stdio({}) }), { environment });
    expect(status).toBe(89);
    expect(stderr).toContain('galaxy-mesos: the job is to run in the image quay.io/tool:1 by docker');
  });
});
