import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { processesBelow } from '../../../test-fixtures/real-mesos/mesos-process.ts';

/** A command that runs until it is let go. */
export const untilLetGo = 'while [ ! -e go ]; do sleep 0.05; done';

const patience = { timeout: 30_000 } as const;

/** Where the shells are that run a task's {@link untilLetGo}: in its sandbox, whose path has its id. */
function placesOf(folder: string, taskId: string): readonly string[] {
  return processesBelow(folder).flatMap((pid) => {
    try {
      const isShell = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(untilLetGo);
      const place = readlinkSync(`/proc/${pid}/cwd`);
      return isShell && place.includes(`/executors/${taskId}/`) ? [place] : [];
    } catch {
      // Gone meanwhile: a shell forks for every pause of 50 ms.
      return [];
    }
  });
}

/** Lets the {@link untilLetGo} of a task of the cluster in a folder go on, and waits until its shell has ended. */
export async function letGo(folder: string, taskId: string): Promise<void> {
  const sandbox = await vi.waitUntil(() => placesOf(folder, taskId)[0], patience);
  writeFileSync(join(sandbox, 'go'), '');
  await expect.poll(() => placesOf(folder, taskId), patience).toStrictEqual([]);
}
