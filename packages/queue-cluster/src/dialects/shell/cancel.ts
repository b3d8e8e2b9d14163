import { quoteAnswer } from '../command-problems.ts';
import type { CancelOutcome, QueueAnswer, QueueCommand } from '../dialect.ts';
import { cancelProgram, stopProgram } from './programs.ts';

/** USR1 to the scripts alone. */
export const stop = (ids: readonly string[]): QueueCommand => ({
  program: 'sh',
  arguments: ['-c', stopProgram, 'sh', ...ids],
});

/** TERM to the scripts, and KILL to all that is left of them half a minute later. */
export const cancel = (ids: readonly string[]): QueueCommand => ({
  program: 'sh',
  arguments: ['-c', cancelProgram, 'sh', ...ids],
});

/** What became of either: a job that is gone needs no telling. */
export const cancelled = (answer: QueueAnswer): CancelOutcome =>
  answer.exitCode === 0 ? { kind: 'told' } : { kind: 'no-news', text: quoteAnswer(answer) };
