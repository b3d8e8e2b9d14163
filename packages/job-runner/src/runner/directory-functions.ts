import { open } from 'node:fs/promises';
import path from 'node:path';
import { jobDirectoryLayout } from '@galaxy-mesos/galaxy-jobs';
import {
  attemptScriptPath,
  carefully,
  type DirectoryStaging,
  deliverDirectory,
  directoryTaskCommand,
  directoryTaskEnvironment,
  directoryTaskStatuses,
  PartStage,
  prepareDirectoryJob,
} from '../directory-jobs/index.ts';
import type { DirectoryJobs } from './directory-recipe.ts';

const logs = { stdout: jobDirectoryLayout.toolStdout, stderr: jobDirectoryLayout.toolStderr } as const;

/** A line on stderr says more, unless that could not be written either. */
const statusWords: ReadonlyMap<number, string> = new Map([
  [directoryTaskStatuses.treeFailed, 'its files could not be laid out, or not taken back: is a disk full?'],
  [directoryTaskStatuses.noBash, 'the agent has no bash'],
  [directoryTaskStatuses.noCurl, 'the agent has no curl'],
  [directoryTaskStatuses.transferFailed, 'its files did not get to the agent or back'],
  [directoryTaskStatuses.diskFull, 'there was no space left where it ran'],
  [directoryTaskStatuses.checksumMismatch, 'a file arrived with other bytes than were sent, again and again'],
  [directoryTaskStatuses.refused, 'the daemon refused the files of its attempt'],
  [directoryTaskStatuses.unseen, 'the agent does not see its directories'],
  [directoryTaskStatuses.outOfMemory, 'ran out of memory'],
]);

/** How jobs that have a directory are run, with one kind of staging, which is looked at anew for each job. */
export const directoryJobs = (staging: DirectoryStaging, stage = new PartStage()): DirectoryJobs => ({
  prepare: (job, controlDirectory) => prepareDirectoryJob(job, controlDirectory, staging),
  command: (job, controlDirectory, part) => directoryTaskCommand(job, controlDirectory, staging, part),
  environment: (secret) => directoryTaskEnvironment(staging, secret),
  script: attemptScriptPath,
  part: (controlDirectory, part, signal) => stage.slices(controlDirectory, part, signal),
  dropPart: (controlDirectory, part) => stage.drop(controlDirectory, part),
  deliver: deliverDirectory,
  tail: ({ directory = '' }, stream, maximumBytes) => endOf(path.join(directory, logs[stream]), maximumBytes),
  areTreesOfTasks: staging.mode === 'shared',
  outOfMemory: [directoryTaskStatuses.outOfMemory],
  statusWords,
  // Another agent, or another minute, may do better.
  passing: [
    directoryTaskStatuses.transferFailed,
    directoryTaskStatuses.unseen,
    directoryTaskStatuses.diskFull,
  ],
});

/**
 * The last bytes of a file; `undefined` if there is none that can be read. A task may have put a link there to what
 * only this process may read, also a hard one, or a pipe.
 */
async function endOf(file: string, maximumBytes: number): Promise<string | undefined> {
  const handle = await open(file, carefully).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.nlink !== 1) return undefined;
    const { size } = found;
    const length = Math.min(size, maximumBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
