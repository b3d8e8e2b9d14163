import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type { QueueAnswer, QueueProblem } from '../dialect.ts';

/** What the machine said that would not start a job: disks become free again, and processes end. */
const passing =
  /No space left|Disk quota|Resource temporarily unavailable|Cannot (?:fork|allocate)|Stale file handle/i;

/** What an answer that failed means. */
export function problemOf(answer: QueueAnswer): QueueProblem {
  const common = commandProblem(answer);
  if (common) return common;
  return {
    kind: passing.test(answer.stderr) ? 'transient' : 'configuration',
    text: quoteAnswer(answer),
  };
}
