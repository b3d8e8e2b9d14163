import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { processesBelow } from '../../../test-fixtures/real-mesos/mesos-process.ts';
import { directoryForTest, fasta, galaxyMesos, program, Run, start } from './command.ts';

let cwd: string;
beforeEach(() => {
  cwd = directoryForTest();
  writeFileSync(path.join(cwd, 'reads.fa'), fasta(4));
});

/** Two tasks of four wait for a file that never comes. */
const waiting = '[ -e ../../../go ] || ! grep -qE "r2|r3" {input} || sleep 60; cat {input}';
const words = ['map', '--input', 'reads.fa', '--size', '1', '--output', 'o', '--cpus', '0.1', '--', waiting];
const json = words.toSpliced(1, 0, '--json');
const twoDone = (printed: string): boolean => printed.includes('"active":2,"finished":2');

const goOn = `To go on:\n  galaxy-mesos map --input reads.fa --size 1 --output o --cpus 0.1 --resume -- '${waiting}'\n`;

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'as %s ends the running tasks, says how to go on, and --resume runs the rest',
    async (signal) => {
      const run = start(json, { cwd });
      await run.until(twoDone);
      run.child.kill(signal);
      const { code, stderr } = await run.ended();
      expect(code).toBe(130);
      expect(stderr).toBe(
        '\ngalaxy-mesos: ending what runs; once more to leave at once\n' +
          `galaxy-mesos: interrupted: 2 of 4 tasks are done\n${goOn.replace('map', 'map --json')}`,
      );
      expect(processesBelow(cwd)).toEqual([]);
      expect(existsSync(path.join(cwd, 'o'))).toBe(false);
      writeFileSync(path.join(cwd, 'go'), '');
      expect((await galaxyMesos(words.toSpliced(1, 0, '--resume'), { cwd })).code).toBe(0);
      expect(readFileSync(path.join(cwd, 'o'), 'utf8')).toBe(fasta(4));
    },
  );

  it('twice leaves at once, and says that what runs was not ended', async () => {
    const run = start(json, { cwd });
    await run.until(twoDone);
    // Two signals, because two of the same that come at once may arrive as one.
    run.child.kill('SIGINT');
    run.child.kill('SIGTERM');
    const { code, stderr } = await run.ended();
    expect(code).toBe(130);
    expect(stderr).toContain('left at once; what runs was not ended. To go on:\n  galaxy-mesos map');
    writeFileSync(path.join(cwd, 'go'), '');
    expect((await galaxyMesos(words.toSpliced(1, 0, '--restart'), { cwd })).code).toBe(0);
    expect(processesBelow(cwd)).toEqual([]);
    expect(readFileSync(path.join(cwd, 'o'), 'utf8')).toBe(fasta(4));
  });
});

/** A port where something listens that never answers, and when somebody has connected to it. */
async function silentMaster(): Promise<{ address: string; reached: Promise<unknown> }> {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  server.on('connection', (socket) => void socket.on('error', () => {}));
  const reached = once(server, 'connection');
  await once(server, 'listening');
  const at = server.address();
  return { address: `127.0.0.1:${typeof at === 'object' ? at?.port : ''}`, reached };
}

describe('Ctrl-C before the cluster has answered', () => {
  it.each(['--resume', '--restart'])(
    'with %s leaves the way to what an earlier run left there',
    async (how) => {
      const run = start(json, { cwd });
      await run.until(twoDone);
      await run.killed();
      const { address, reached } = await silentMaster();
      const store = path.join(cwd, '.o.galaxy-mesos', 'job.sqlite');
      const frameworks = (sql: string) => {
        const database = new DatabaseSync(store);
        const rows = database.prepare(sql).all(address);
        database.close();
        return rows;
      };
      frameworks("INSERT INTO frameworks VALUES (?, 'framework-1')");
      const again = start(words.toSpliced(1, 0, how, '--mesos', address), { cwd });
      await reached;
      again.child.kill('SIGINT');
      expect((await again.ended()).code).toBe(130);
      expect(frameworks('SELECT framework_id FROM frameworks WHERE cluster = ?')).toEqual([
        { framework_id: 'framework-1' },
      ]);
      writeFileSync(path.join(cwd, 'go'), '');
      expect((await galaxyMesos(words.toSpliced(1, 0, '--restart'), { cwd })).code).toBe(0);
      expect(processesBelow(cwd)).toEqual([]);
    },
  );
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

/** Runs the command on a terminal of its own; what is written to stdin is typed there. */
const onTerminal = (typed: readonly string[]): Run => {
  const script = 'import os, pty, sys\nos._exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
  return new Run(['python3', '-c', script, process.execPath, program, ...typed], { cwd });
};

describe.skipIf(!hasPython)('on a terminal', () => {
  it('shows the bar while it works, and a summary at the end', async () => {
    const command = 'grep -q r0 {input} || until [ -e ../../../go ]; do sleep 0.1; done; cat {input}';
    const run = onTerminal(words.with(-1, command));
    await run.until((printed) => /1\/4 done, .* left/.test(printed));
    writeFileSync(path.join(cwd, 'go'), '');
    const { code, stdout } = await run.ended();
    expect(code).toBe(0);
    expect(stdout).toMatch(/\[[#.]{24}\] \d\/4 done, \d running, \d waiting, 0 failed/);
    expect(stdout).toContain('joining 4 parts');
    const last = stdout.split('\u001b[K').at(-1);
    expect(last).toMatch(/^.*\/o: \d+ B, from 5 tasks in \d+ s\r\n$/);
  });

  it('takes Ctrl-C from the keyboard', async () => {
    const run = onTerminal(words);
    await run.until((printed) => printed.includes('2/4 done'));
    run.child.stdin?.write('\u0003');
    const { code, stdout } = await run.ended();
    expect(code).toBe(130);
    expect(stdout).toContain('interrupted: 2 of 4 tasks are done');
    expect(stdout.replaceAll('\r', '')).toContain(goOn);
    expect(processesBelow(cwd)).toEqual([]);
  });
});
