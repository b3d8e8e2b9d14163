import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../test-fixtures/real-mesos/mesos-process.ts';
import { directoryForTest, type Ended, eventsIn, galaxyMesos, program, Run, start } from './command.ts';
import { DaemonProcess } from './daemon-process.ts';

/** Commands that ask a daemon, in its directory. */
function commandsOf(daemon: DaemonProcess, environment: Record<string, string> = {}) {
  const surroundings = {
    cwd: daemon.directory,
    environment: { GALAXY_MESOS_DAEMON: daemon.url, ...environment },
  };
  return {
    surroundings,
    run: (...words: string[]): Promise<Ended> => galaxyMesos(words, surroundings),
    start: (...words: string[]): Run => start(words, surroundings),
    /** Submits a job that is written down as a document. */
    submit: (document: object, ...words: string[]): Promise<Ended> => {
      writeFileSync(path.join(daemon.directory, 'job.json'), JSON.stringify(document));
      return galaxyMesos(['submit', 'job.json', ...words], surroundings);
    },
  };
}

describe('galaxy-mesos submit', () => {
  it('hands a job to the daemon, waits for it, and finds its result in place', async () => {
    const daemon = await DaemonProcess.start();
    const { submit } = commandsOf(daemon);
    writeFileSync(path.join(daemon.directory, 'words'), 'pear\napple\n');
    const document = {
      ...{
        command: 'sort {words} > {sorted}',
        inputs: { words: 'words' },
        outputs: { sorted: 'sorted.txt' },
      },
    };
    const { code, stdout, stderr } = await submit({ id: 'sorting', ...document }, '--wait');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const last = stdout.trimEnd().split('\n').at(-1);
    expect(last).toMatch(/ {2}sorting {2}ok {2}exit code 0$/);
    expect(readFileSync(path.join(daemon.directory, 'sorted.txt'), 'utf8')).toBe('apple\npear\n');

    const again = await submit({ id: 'sorting', ...document });
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^galaxy-mesos: .*sorting.*\n$/);
  });

  it('tells of a failed job, and ends like it', async () => {
    const { submit } = commandsOf(await DaemonProcess.start());
    const command = 'seq 20 >&2; exit 7';
    const { code, stdout, stderr } = await submit({ id: 'failing', command }, '--wait', '--json');
    expect(code).toBe(1);
    const views = eventsIn(stdout);
    expect(views.at(-1)).toMatchObject({ id: 'failing', state: 'error', exitCode: 7 });
    expect(stderr).toMatch(/^galaxy-mesos: job failing \(seq\) ended in state error: /);
    expect(stderr).toMatch(/its stderr ends with:\n {4}11\n(.*\n){8} {4}20\n$/);
  });

  it('says which field of a document is wrong, found here or by the daemon', async () => {
    const { submit, run } = commandsOf(await DaemonProcess.start());
    const here = await submit({ command: 'date', resource: { cpus: 1 } });
    expect(here).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: 'galaxy-mesos: job.json:1:30: resource: there is no such field; did you mean resources?\n',
    });
    const there = await submit({ command: 'cat {a}', inputs: { a: '/no/such/file' } });
    expect(there).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: 'galaxy-mesos: inputs.a: the daemon sees no file /no/such/file\n',
    });
    expect((await run('submit', 'no.json')).stderr).toBe('galaxy-mesos: the job: there is no file no.json\n');
  });

  it('goes on to wait while the daemon is killed and started again', async () => {
    const daemon = await DaemonProcess.start();
    const { start: begin } = commandsOf(daemon);
    const go = path.join(daemon.directory, 'go');
    const document = { id: 'long', command: `echo begun; while [ ! -e ${go} ]; do sleep 0.1; done` };
    writeFileSync(path.join(daemon.directory, 'job.json'), JSON.stringify(document));
    const waiting = begin('submit', 'job.json', '--wait');
    await waiting.until((printed) => / long {2}running\n/.test(printed));
    await daemon.kill();
    await daemon.startAgain();
    writeFileSync(go, '');
    const { code, stdout } = await waiting.ended();
    expect(stdout).toMatch(/ long {2}ok {2}exit code 0\n$/);
    expect(code).toBe(0);
  });

  it('leaves the job to the daemon when it is interrupted', async () => {
    const daemon = await DaemonProcess.start();
    const { start: begin, run } = commandsOf(daemon);
    writeFileSync(path.join(daemon.directory, 'job.json'), '{"id": "long", "command": "sleep 600"}');
    const waiting = begin('submit', 'job.json', '--wait');
    await waiting.until((printed) => / long {2}running\n/.test(printed));
    waiting.child.kill('SIGINT');
    const { code, stderr } = await waiting.ended();
    expect({ code, stderr }).toEqual({
      ...{ code: 130, stderr: 'galaxy-mesos: the job goes on; galaxy-mesos jobs watch long\n' },
    });
    expect((await run('jobs', 'cancel', 'long')).stdout).toBe('long is deleted\n');
  });
});

describe('galaxy-mesos submit --local', () => {
  it('runs the job by itself', async () => {
    const cwd = directoryForTest();
    writeFileSync(path.join(cwd, 'job.json'), '{"command": "echo hi > {o}", "outputs": {"o": "o.txt"}}');
    const { code, stderr } = await galaxyMesos(['submit', '--local', path.join(cwd, 'job.json')], {
      cwd: '/',
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readFileSync(path.join(cwd, 'o.txt'), 'utf8')).toBe('hi\n');
  });

  it.each([
    [{ command: 'cat {a}', inputs: { a: 'no' } }, /^galaxy-mesos: inputs.a: there is no file .*no\n$/],
    [
      { command: 'date', outputs: { o: 'no/o' } },
      /^galaxy-mesos: outputs.o .*: there is no directory .*; make it/,
    ],
    [{ command: 'cat {a}', inputs: { a: 'job.json' }, outputs: { o: 'job.json' } }, /file of --input a/],
  ])('refuses %j', async (document, message) => {
    const cwd = directoryForTest();
    writeFileSync(path.join(cwd, 'job.json'), JSON.stringify(document));
    const { code, stderr } = await galaxyMesos(['submit', '--local', 'job.json'], { cwd });
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

describe('galaxy-mesos jobs', () => {
  it('lists, shows, follows, pauses, resumes, retries, cancels and removes jobs', async () => {
    const daemon = await DaemonProcess.start();
    const { run, submit, start: begin } = commandsOf(daemon);
    expect((await run('jobs', 'ls')).stdout).toBe('no jobs\n');

    const go = path.join(daemon.directory, 'go');
    const command = `echo one; while [ ! -e ${go} ]; do sleep 0.1; done; echo two; echo bad >&2; exit 3`;
    expect(await submit({ id: 'first', name: 'counting', command }, '--paused')).toMatchObject({
      ...{ code: 0, stdout: 'first\n' },
    });
    expect((await run('jobs', 'ls', '--state', 'paused')).stdout).toMatch(/\nfirst +paused +.* counting\n$/);
    expect((await run('jobs', 'ls', '--state', 'running')).stdout).toBe('no jobs\n');
    expect((await run('jobs', 'resume', 'first')).stdout).toMatch(/^first is (new|queued|running)\n$/);

    const following = begin('jobs', 'logs', '-f', 'first');
    await following.until((printed) => printed.includes('one\n'));
    const watching = begin('jobs', 'watch', 'first');
    await watching.until((printed) => printed.includes('first  running'));
    writeFileSync(go, '');
    expect(await following.ended()).toEqual({ code: 0, stdout: 'one\ntwo\n', stderr: '' });
    const watched = await watching.ended();
    expect(watched.stdout).toMatch(/ {2}first {2}error {2}exit code 3 {2}.*\n$/);
    expect(watched.code).toBe(1);

    expect((await run('jobs', 'logs', 'first', '--stderr')).stdout).toBe('bad\n');
    const shown = (await run('jobs', 'show', 'first')).stdout;
    expect(shown).toMatch(/^state +error$/m);
    expect(shown).toMatch(/ 1 TASK_FAILED +\S+ +3 /);
    expect((await run('jobs', 'retry', 'first')).stdout).toMatch(/^first is (new|queued|running)\n$/);
    expect((await run('jobs', 'watch', 'first', '--json')).code).toBe(1);
    const [json] = eventsIn((await run('jobs', 'show', 'first', '--json')).stdout);
    expect(json).toMatchObject({ job: { id: 'first', state: 'error' }, tasks: [{ attempts: [{}, {}] }] });

    await submit({ id: 'second', command: 'sleep 600' });
    expect((await run('jobs', 'cancel', 'second', 'first')).stdout).toBe(
      'second is deleted\nfirst is error\n',
    );
    expect(eventsIn((await run('jobs', 'ls', '--last', '1', '--json')).stdout)).toMatchObject([
      { id: 'second' },
    ]);
    expect((await run('jobs', 'rm', 'second')).stdout).toBe('second is removed\n');
    expect(eventsIn((await run('jobs', 'ls', '--json')).stdout).map(({ id }) => id)).toEqual(['first']);
    expect(await run('jobs', 'cancel', 'second', 'first')).toEqual({
      ...{ code: 1, stdout: 'first is error\n' },
      stderr: 'galaxy-mesos: there is no job "second"; `galaxy-mesos jobs ls` lists all\n',
    });
    const unknown = await run('jobs', 'show', 'firts');
    expect(unknown).toEqual({
      ...{ code: 1, stdout: '', stderr: 'galaxy-mesos: there is no job "firts"; did you mean first?\n' },
    });
  });

  it('watches all of them', async () => {
    const daemon = await DaemonProcess.start();
    const { submit, start: begin } = commandsOf(daemon);
    const watching = begin('jobs', 'watch', '--json');
    const lines = begin('jobs', 'watch');
    // They are connected once they have told of a job; from then on they tell of all.
    for (let probe = 0; watching.stdout === '' || lines.stdout === ''; probe++) {
      await submit({ id: `probe-${probe}`, command: 'true' });
    }
    await submit({ id: 'late', command: 'true' });
    await lines.until((printed) => / late {2}ok {2}exit code 0\n/.test(printed));
    await watching.until((printed) => /"late".*"state":"ok"/.test(printed));
    lines.child.kill('SIGINT');
    watching.child.kill('SIGINT');
    expect((await lines.ended()).code).toBe(130);
    const { code, stdout } = await watching.ended();
    expect(code).toBe(130);
    expect(eventsIn(stdout).filter(({ jobId }) => jobId === 'late').length).toBeGreaterThan(2);
  });

  it('takes a job that nothing can hold, and warns', async () => {
    const { submit } = commandsOf(await DaemonProcess.start());
    const { code, stdout, stderr } = await submit({ id: 'huge', command: 'date', resources: { cpus: 9999 } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'huge\n' });
    expect(stderr).toMatch(
      /^galaxy-mesos: huge: nothing that is known now could ever hold it: it asks for 9999 cores; .*\n$/,
    );
  });

  it('shows agents, and what waits and why', async () => {
    const { run, submit } = commandsOf(await DaemonProcess.start());
    expect((await run('queue')).stdout).toBe('nothing waits\n');
    expect((await run('agents')).stdout).toMatch(/^AGENT +HOST +TASKS .*\n\S+ +\S+ +0 /);
    await submit({ id: 'first', command: 'sleep 600', resources: { mem: 300 } }, '--paused');
    expect(eventsIn((await run('agents', '--json')).stdout)).toHaveLength(1);
  });
});

describe('tokens', () => {
  it('are asked for, and are taken from an option, a file or the environment', async () => {
    const daemon = await DaemonProcess.start('--token', 'a-token-for-the-test');
    const { run } = commandsOf(daemon);
    const refused = await run('jobs', 'ls');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/^galaxy-mesos: the daemon at http:\S+ asks for a token: .*--token-file/);
    const wrong = await run('jobs', 'ls', '--token', 'wrong');
    expect(wrong.stderr).toMatch(/^galaxy-mesos: the daemon at http:\S+ does not know this token/);
    expect((await run('jobs', 'watch', '--token', 'wrong')).stderr).toBe(wrong.stderr);
    writeFileSync(path.join(daemon.directory, 'token'), 'a-token-for-the-test\n');
    for (const words of [
      ['--token', 'a-token-for-the-test'],
      ['--token-file', 'token'],
    ]) {
      expect((await run('jobs', 'ls', ...words)).stdout).toBe('no jobs\n');
    }
    const { run: withEnvironment } = commandsOf(daemon, { GALAXY_MESOS_TOKEN: 'a-token-for-the-test' });
    expect((await withEnvironment('jobs', 'ls')).stdout).toBe('no jobs\n');
  });
});

describe('without a daemon', () => {
  it.each([
    [['jobs', 'ls'], 'start one with `galaxy-mesos daemon`, or name another one: --daemon URL'],
    [['jobs', 'watch'], 'start one with `galaxy-mesos daemon`, or name another one: --daemon URL'],
    [
      ['submit', '-'],
      'start one with `galaxy-mesos daemon`, or run the job without: galaxy-mesos submit --local',
    ],
  ])('%j says what to do, in one line', async (words, advice) => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const argv = [process.execPath, program, ...words, '--daemon', url];
    const run = new Run(argv, { cwd: directoryForTest() });
    run.child.stdin?.end('{"command": "date"}');
    const { code, stdout, stderr } = await run.ended();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^galaxy-mesos: no daemon answers at http:\/\/127.0.0.1:\d+: .*refused.*|ECONNREFUSED/i,
    );
    expect(stderr.endsWith(`; ${advice}\n`)).toBe(true);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});
