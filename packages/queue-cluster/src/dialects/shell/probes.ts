import { quoteAnswer } from '../command-problems.ts';
import type { QueueProbe } from '../dialect.ts';
import { oneLine } from '../one-line.ts';
import { probeProgram } from './programs.ts';

/** Whether the machine has what the programs need. */
export const probes = (): readonly QueueProbe[] => [
  {
    subject: 'this machine',
    command: { program: 'sh', arguments: ['-c', probeProgram] },
    judge: (answer) =>
      answer.exitCode === 0
        ? { state: 'ok', text: oneLine(answer.stdout) }
        : { state: 'problem', text: quoteAnswer(answer) },
  },
];
