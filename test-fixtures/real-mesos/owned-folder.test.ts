import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { processesBelow } from './mesos-process.ts';
import { makeOwnedFolder } from './owned-folder.ts';

const moduleUrl = new URL('owned-folder.ts', import.meta.url).href;

it('ends and removes what a killed run has left, and nothing of one that lives', async () => {
  const kind = `owned-${process.pid}`;
  const program = `
    import { spawn } from 'node:child_process';
    import { makeOwnedFolder } from ${JSON.stringify(moduleUrl)};
    const folder = makeOwnedFolder(${JSON.stringify(kind)});
    const child = spawn('sleep', ['1000'], { cwd: folder, detached: true, stdio: 'ignore' });
    child.once('spawn', () => {
      console.log(folder);
      process.kill(process.pid, 'SIGKILL');
    });
  `;
  const mine = makeOwnedFolder(kind);
  const run = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await Promise.all([text(run.stdout), once(run, 'exit')]);
  const left = said.trim();
  expect(processesBelow(left)).toHaveLength(1);
  const next = makeOwnedFolder(kind);
  expect(existsSync(left)).toBe(false);
  // To be told to end takes no time; to end may take some on a busy machine.
  await expect.poll(() => processesBelow(left), { timeout: 20_000 }).toEqual([]);
  expect(existsSync(mine)).toBe(true);
  for (const folder of [mine, next]) rmSync(folder, { recursive: true });
});
