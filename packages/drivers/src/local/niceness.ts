import { writeFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

const mostNiceness = constants.priority.PRIORITY_LOW;

/** Lets this process, and all that it starts from now on, give way by so much as nice(1) says. */
export function giveWay(niceness: number): void {
  try {
    setPriority(Math.min(mostNiceness, getPriority() + niceness));
  } catch {
    // Nothing goes wrong then, it only takes longer.
  }
}

/**
 * Lets a session that was just started give way. Linux may share out processors among sessions first (autogroup of
 * sched(7)): eight busy attempts then get eight ninths of all time, however nice each of their processes is, and who has
 * to answer others is slow; so the session is told, too.
 */
export function letSessionGiveWay(session: number, niceness: number): void {
  try {
    writeFileSync(`/proc/${session}/autogroup`, String(Math.min(mostNiceness, niceness)), { flag: 'r+' });
  } catch {
    // It has ended already, or this system has no such thing.
  }
}
