import { recording } from '../../../test-fixtures/queues/recordings.ts';
import type { BatchJobRequest, Inquiry, QueueAnswer } from '../src/dialects/dialect.ts';

/** A batch job that nobody could mind. */
export const request: BatchJobRequest = {
  name: 'gm-lab-main-abcdefgh',
  script: '#!/bin/bash\ntrue\n',
  directory: '/work/pilots/p',
  log: '/work/pilots/p/log',
  cpus: 4,
  memMb: 2048,
  gpus: 0,
  walltimeSeconds: 3600,
  warningSeconds: 60,
  extra: [],
  excludedNodes: [],
};

/** An answer that was written after documentation. */
export const documented = (name: string): QueueAnswer => recording('documented', name);

/** The answer of `id` about a user with a group of that name. */
export const idOf = (user: string): QueueAnswer => ({
  exitCode: 0,
  stdout: `uid=7(${user}) gid=7(${user}) groups=7(${user})\n`,
  stderr: '',
});

/** What is found of each subject, in words. */
export const wordsOf = (inquiry: Inquiry, answers: readonly QueueAnswer[]): Record<string, string> =>
  Object.fromEntries(
    inquiry
      .judge(answers)
      .map((finding) => [
        finding.subject,
        finding.kind === 'refused' ? `refused: ${finding.problem.text}` : `${finding.kind}: ${finding.text}`,
      ]),
  );
