import { unseenStatus } from '../task-script.ts';

/**
 * Exit statuses of a task that failed for another reason than its tool, of which the exit code is Galaxy's to judge. A
 * line on stderr says more. They lie where neither shells nor the programs of sysexits have a meaning.
 */
export const directoryTaskStatuses = {
  /** The attempt's tree could not be made or finished, or the job script did not come to its end. */
  treeFailed: 90,
  /** The agent has no bash. */
  noBash: 91,
  /** The agent has no curl. */
  noCurl: 92,
  /** Files could not be fetched or brought back, for as long as that was tried. */
  transferFailed: 93,
  /** There is no space left where the tree is. */
  diskFull: 94,
  /** A file arrived with other bytes than it was sent with, several times. */
  checksumMismatch: 95,
  /** The daemon does not want this attempt any more, or its files. */
  refused: 96,
  /** The agent does not see the job's directories. */
  unseen: unseenStatus,
  /** The kernel killed the tool because its control group was out of memory, and the agent did not tell. */
  outOfMemory: 98,
} as const;
