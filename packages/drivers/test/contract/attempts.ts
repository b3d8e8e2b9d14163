import { describe, expect, it } from 'vitest';
import type { ContractContext } from '../contract.ts';
import { aLaunch } from '../driver-fixture.ts';

export const describeAttempts = ({ current }: ContractContext): void => {
  describe('attempts', () => {
    it('runs a command, tells that it runs, and then that it has finished with exit code 0', async () => {
      const { log } = current();
      const launch = aLaunch('true');
      const end = await current().outcome(launch);
      expect(end).toMatchObject({
        state: 'TASK_FINISHED',
        exitCode: 0,
        message: 'Command exited with status 0',
      });
      expect(log.statesOf(launch.attemptId).filter((state) => state !== 'TASK_STARTING')).toEqual([
        'TASK_RUNNING',
        'TASK_FINISHED',
      ]);
    });

    it.each([1, 3, 137, 255])('tells the exit code %i of a command that failed', async (exitCode) => {
      expect(await current().outcome(aLaunch(`exit ${exitCode}`))).toMatchObject({
        state: 'TASK_FAILED',
        exitCode,
        message: `Command exited with status ${exitCode}`,
      });
    });

    it('tells the signal that ended a command, and no exit code', async () => {
      const end = await current().outcome(aLaunch('kill -KILL $$'));
      expect(end).toMatchObject({
        state: 'TASK_FAILED',
        message: 'Command terminated with signal Killed',
      });
      expect(end.exitCode).toBeUndefined();
    });

    it('gives the tail of stdout and of stderr, never more than asked for', async () => {
      const { driver, log } = current();
      const launch = aLaunch('printf 0123456789; printf abcdef >&2');
      const [attempt = missing()] = await current().launch(launch);
      await log.end(launch.attemptId);
      expect(await driver.tailSandboxFile(attempt, 'stdout', 4)).toBe('6789');
      expect(await driver.tailSandboxFile(attempt, 'stderr', 100)).toMatch(/abcdef$/);
    });

    it('gives a tail of any length, and begins it with a whole character', async () => {
      const { driver, log } = current();
      const launch = aLaunch('printf %200000s x | tr " " -; printf "ä€𝄞" >&2');
      const [attempt = missing()] = await current().launch(launch);
      await log.end(launch.attemptId);
      const tail = await driver.tailSandboxFile(attempt, 'stdout', 150_000);
      expect(tail).toBe(`${'-'.repeat(149_999)}x`);
      expect(await driver.tailSandboxFile(attempt, 'stdout', 1e9)).toHaveLength(200_000);
      expect(await driver.tailSandboxFile(attempt, 'stderr', 6)).toBe('𝄞');
      expect(await driver.tailSandboxFile(attempt, 'stderr', 0)).toBe('');
    });

    it('reads from any place on, however far that is', async () => {
      const { driver, log } = current();
      const launch = aLaunch('printf %200000s x | tr " " -; printf "ä€𝄞" >&2');
      const [attempt = missing()] = await current().launch(launch);
      await log.end(launch.attemptId);
      const parts: Uint8Array[] = [];
      let from = 7;
      for (;;) {
        const { bytes, size } = await driver.readSandboxFile(attempt, 'stdout', from, 150_000);
        expect(size).toBe(200_000);
        if (bytes.length === 0) break;
        expect(bytes.length).toBeLessThanOrEqual(150_000);
        parts.push(bytes);
        from += bytes.length;
      }
      expect(Buffer.concat(parts).toString()).toBe(`${'-'.repeat(199_992)}x`);
      expect((await driver.readSandboxFile(attempt, 'stdout', 200_001, 10)).bytes).toHaveLength(0);
      const none = { ...attempt, attemptId: 'never-launched' };
      const nothing = await driver.readSandboxFile(none, 'stdout', 0, 10);
      expect({ ...nothing, bytes: nothing.bytes.length }).toEqual({ size: 0, bytes: 0 });
    });

    it('gives an empty tail where there is no sandbox', async () => {
      const offer = await current().freshOffer();
      const attempt = { attemptId: 'never-launched', agentId: offer.agent.id };
      expect(await current().driver.tailSandboxFile(attempt, 'stdout', 10)).toBe('');
    });

    it('sets the environment of the launch, besides a PATH', async () => {
      const { driver, log } = current();
      const environment = { CONTRACT_VALUE: `a 'b' "c" $d`, CONTRACT_EMPTY: '' };
      const launch = aLaunch('printf "%s|%s|" "$CONTRACT_VALUE" "$(env | grep ^CONTRACT_EMPTY=)"; env', {
        environment,
      });
      const [attempt = missing()] = await current().launch(launch);
      await log.end(launch.attemptId);
      const output = await driver.tailSandboxFile(attempt, 'stdout', 60_000);
      expect(output).toContain(`a 'b' "c" $d|CONTRACT_EMPTY=|`);
      expect(output).toMatch(/^PATH=/m);
    });

    it('starts all attempts of one offer, each in a directory of its own', async () => {
      const { driver, log } = current();
      const launches = ['one', 'two', 'three'].map((word) =>
        aLaunch(`ls; echo ${word} >word; cat word; pwd -P`),
      );
      const attempts = await current().launch(...launches);
      const outputs: string[] = [];
      for (const attempt of attempts) {
        expect((await log.end(attempt.attemptId)).state).toBe('TASK_FINISHED');
        outputs.push(await driver.tailSandboxFile(attempt, 'stdout', 10_000));
      }
      const lines = outputs.map((output) => output.trim().split('\n'));
      expect(lines.map((of) => of.includes('one'))).toEqual([true, false, false]);
      expect(lines.map((of) => of.includes('three'))).toEqual([false, false, true]);
      expect(new Set(lines.map((of) => of.at(-1))).size).toBe(3);
    });

    it('runs what any shell script may do: syntax errors, exec, traps and exits', async () => {
      const run = (command: string) => current().outcome(aLaunch(command));
      expect((await run('if (')).state).toBe('TASK_FAILED');
      expect((await run('exec sh -c "exit 5"')).exitCode).toBe(5);
      expect((await run('trap "exit 6" EXIT; exit 1')).exitCode).toBe(6);
      expect((await run('set -e; false; exit 0')).exitCode).toBe(1);
      expect((await run('exec >&- 2>&-; exit 7')).exitCode).toBe(7);
    });

    it('refuses amounts that are none', async () => {
      const launch = aLaunch('true', { resources: { cpus: 0.1, mem: 64, disk: -1 } });
      expect(await current().outcome(launch)).toMatchObject({
        state: 'TASK_ERROR',
        message: 'resources.disk must be a number that is not negative, and is -1',
      });
    });

    it('refuses an attempt id that can be no task id', async () => {
      const launch = aLaunch('true', { attemptId: 'a/b' });
      expect((await current().outcome(launch)).state).toBe('TASK_ERROR');
    });
  });
};

const missing = (): never => {
  throw new Error('launch() answers one reference for each launch');
};
