import type { QueueAnswer, QueueProblem, QueueProblemKind } from '../dialect.ts';
import { oneLine } from '../one-line.ts';

interface KnownProblem {
  readonly says: RegExp;
  readonly kind: QueueProblemKind;
  readonly advice?: string;
}

/** In the order in which they are looked for. */
const knownProblems: readonly KnownProblem[] = [
  { says: /would exceed|MAX_JOBS_(?:PER_OWNER|SUBMITTED|PER_SUBMISSION)/i, kind: 'limit' },
  {
    says: /can't find address of|failed to connect|couldn't connect|unable to connect|SECMAN:2007|CEDAR:6001|failed to locate/i,
    kind: 'transient',
    advice: 'the schedd does not answer: it is asked again later',
  },
  {
    says: /no such directory/i,
    kind: 'configuration',
    advice: 'the cluster’s directory must be there on the machine that runs the schedd',
  },
  {
    says: /authenticat|authoriz|not allowed|permission denied/i,
    kind: 'configuration',
    advice: 'this user may not submit there: ask the site',
  },
  {
    says: /parse|syntax|on line \d+ of submit file/i,
    kind: 'configuration',
    advice: 'look at the extra lines of the pool: the others are always the same',
  },
  { says: /^ERROR:/m, kind: 'configuration' },
];

/** After these the schedd may have the job. */
const lost = /timed? ?out|failed to (?:commit|end transaction)|connection (?:reset|closed|lost)|broken pipe/i;

/** Whether the command may have done its work although it failed. */
export const isLost = ({ exitCode, stderr }: QueueAnswer): boolean => exitCode === null || lost.test(stderr);

/** Why a job was refused; undefined if nothing says that it was. */
export function refusalOf({ exitCode, stderr }: QueueAnswer): QueueProblem | undefined {
  const text = oneLine(stderr);
  if (exitCode === 0 || text === '') return undefined;
  const { kind, advice } = knownProblems.find(({ says }) => says.test(stderr)) ?? { kind: 'transient' };
  return advice === undefined ? { kind, text } : { kind, text, advice };
}
