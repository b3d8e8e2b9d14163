import { ClientError, type DaemonClient, type JobRemoval } from '@galaxy-mesos/front-doors/client';
import { withEachJob } from './daemon-failure.ts';
import { plainText } from './table.ts';

interface Output {
  write(text: string): unknown;
}

/** As long as nobody wonders what is going on. */
const briefSeconds = 1;
/** How often is asked again; below what proxies let an answer take. */
const longSeconds = 30;

/**
 * Has the daemon end and forget jobs, all at once, and says what is waited for where that takes longer; `isPatient`:
 * waits until all are gone. Answers whether all were there.
 * @throws ClientError
 */
export async function removeJobs(
  daemon: DaemonClient,
  jobIds: readonly string[],
  isPatient: boolean,
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output },
): Promise<boolean> {
  const pending: string[] = [];
  const isWell = await withEachJob(daemon, jobIds, stderr, async (jobId) => {
    const removal = await daemon.remove(jobId, { wait: briefSeconds });
    if (!removal) {
      stdout.write(`${jobId} is removed\n`);
      return;
    }
    pending.push(jobId);
    const goesOn = isPatient ? 'waiting; Ctrl-C leaves it to the daemon' : 'the daemon sees to it';
    stderr.write(`galaxy-mesos: ${jobId} has ended; to forget it, ${waitingText(removal)}: ${goesOn}\n`);
    if (!isPatient) stdout.write(`${jobId} is being removed\n`);
  });
  if (!isPatient) return isWell;
  for (const jobId of pending) {
    await gone(daemon, jobId);
    stdout.write(`${jobId} is removed\n`);
  }
  return isWell;
}

/** Resolves when the job is not there any more. */
async function gone(daemon: DaemonClient, jobId: string): Promise<void> {
  try {
    while (await daemon.remove(jobId, { wait: longSeconds }));
  } catch (error) {
    // It went between two questions.
    if (!(error instanceof ClientError) || error.code !== 'UNKNOWN_JOB') throw error;
  }
}

/** What keeps a job from being forgotten: `attempt job-1-000000-1 on node-3 has to end (its agent S2 is not there)`. */
function waitingText({ waitsFor }: JobRemoval): string {
  const [first] = waitsFor;
  if (!first) return 'its files have to be moved away';
  const { attemptId, hostname, agentId, isAgentKnown } = first;
  const more = waitsFor.length > 1 ? ` and ${waitsFor.length - 1} more` : '';
  const agent = isAgentKnown ? '' : ` (its agent ${agentId} is not there)`;
  return plainText(`attempt ${attemptId} on ${hostname}${agent}${more} must have ended`);
}
