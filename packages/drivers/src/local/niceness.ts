import { writeFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

const mostNiceness = constants.priority.PRIORITY_LOW;

/**
 * Lets a session that was just started give way to this process, by so much as nice(1) says. Linux may share out
 * processors among sessions first (autogroup of sched(7)): eight busy attempts then get eight ninths of all time, however
 * nice each of their processes is, and this process is slow to answer; so the session is told, too.
 */
export function giveWay(session: number, niceness: number): void {
  const tries = [
    () => setPriority(session, Math.min(mostNiceness, getPriority() + niceness)),
    () =>
      writeFileSync(`/proc/${session}/autogroup`, String(Math.min(mostNiceness, niceness)), { flag: 'r+' }),
  ];
  for (const attempt of tries) {
    try {
      attempt();
    } catch {
      // It has ended already, or this system has no such thing; nothing goes wrong then, it only takes longer.
    }
  }
}
