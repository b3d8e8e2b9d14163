import type { QueueAnswer } from '@galaxy-mesos/queue-cluster';
import fc from 'fast-check';
import type { DialectClaims } from './claims.ts';

/** No queueing system has this word, and no id is without a digit. */
const mark = 'g@rbage';

/** Texts that mean nothing: of any characters, with line ends, quotes and brackets, but without a digit. */
const nonsense = fc
  .tuple(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...'{}[]<>"\'|:,\n\t =abcXYZ'), maxLength: 60 }),
    ),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
  )
  .map(([before, after]) => `${before}${mark}${after}`.replaceAll(/\p{N}/gu, ''));

const exitCode = fc.oneof(
  fc.constant(null),
  fc.constantFrom(0, 1, 2, 126, 127, 137, 143, 255),
  fc.integer({ min: 0, max: 255 }),
);

/** Answers that mean nothing. */
export const garbage: fc.Arbitrary<QueueAnswer> = fc.oneof(
  fc.record({ exitCode, stdout: nonsense, stderr: fc.constant('') }),
  fc.record({ exitCode, stdout: nonsense, stderr: nonsense }),
  fc.record({ exitCode: exitCode.filter((code) => code !== 0), stdout: fc.constant(''), stderr: nonsense }),
);

/** Every answer that the claims have, and what it is. */
export const answersOf = (claims: DialectClaims): readonly { title: string; answer: QueueAnswer }[] => [
  ...claims.accepted,
  ...claims.refused,
  ...(claims.unclear ?? []),
  ...(claims.trials ?? []),
  ...claims.statuses,
  ...claims.noNews,
  ...(claims.endings ?? []),
  ...claims.told,
  ...claims.notTold,
];

/** The answer of a command that was ended before it was done. */
export const ended = (answer: QueueAnswer): QueueAnswer => ({ ...answer, exitCode: null });

/** The answer of a command that went well and said nothing. */
export const silence: QueueAnswer = { exitCode: 0, stdout: '', stderr: '' };

/** The answer of a command that is not there. */
export const missing: QueueAnswer = { exitCode: 127, stdout: '', stderr: 'sh: 1: the-command: not found\n' };
