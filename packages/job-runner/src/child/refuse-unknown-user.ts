import { JobDescriptionError } from '@galaxy-mesos/galaxy-jobs';
import type { FileOwner } from '../deliver-as.ts';

/** As whom tasks run, and whose their files are on this machine. */
export interface TaskUser {
  /** Absent: whom the driver takes. */
  readonly runAs?: string | undefined;
  /** Absent: this machine does not know that user, or tasks run as the one of this process. */
  readonly owner?: FileOwner | undefined;
}

/**
 * Inputs are cut, and results joined, as the user of the tasks. Where only the agents know that one, root would do it
 * instead, who reads what that user may not.
 * @throws JobDescriptionError
 */
export function refuseUnknownUser({ runAs, owner }: TaskUser, isRoot = process.geteuid?.() === 0): void {
  if (!isRoot || runAs === undefined || owner) return;
  const text = `inputs are read as the user ${runAs} (run_as), whom this machine does not know, so that no job can be split; make that user here too, or do not run the daemon as root`;
  throw new JobDescriptionError([{ code: 'INVALID_VALUE', field: 'split', text }]);
}
