import type { QueueAnswer, QueueProblem, QueueProblemKind } from '../dialect.ts';
import { oneLine } from '../one-line.ts';

interface KnownProblem {
  readonly says: RegExp;
  /** The number of the error, of which the exit code is the remainder by 256. */
  readonly errors?: readonly number[];
  readonly kind: QueueProblemKind;
  readonly advice?: string;
}

/** In the order in which they are looked for. */
const knownProblems: readonly KnownProblem[] = [
  {
    says: /would exceed .*limit|maximum number of jobs|exceeds .*(?:per-user|per-group|queued) limit/i,
    kind: 'limit',
  },
  {
    says: /cannot connect to server|could ?n[o']t connect|connection refused|no free connections|no route to host/i,
    errors: [15010, 15033, 15034],
    kind: 'transient',
    advice: 'the PBS server does not answer: it is asked again later',
  },
  {
    says: /server (?:is )?(?:busy|shutting down)|resource temporarily unavailable|cannot allocate memory/i,
    kind: 'transient',
  },
  {
    says: /unknown queue/i,
    errors: [15018],
    kind: 'configuration',
    advice: 'name a queue that `qstat -Q` lists',
  },
  {
    says: /queue is not enabled/i,
    errors: [15021],
    kind: 'configuration',
    advice: 'the queue takes no jobs: name another one',
  },
  {
    says: /violates queue and\/or server resource limits|exceeds? .*resource(?:s)? (?:max|limit)/i,
    errors: [15036],
    kind: 'configuration',
    advice:
      'ask for less (cores, memory, walltime), or name a queue that has more: `qstat -Qf` tells the limits',
  },
  {
    says: /unknown resource/i,
    errors: [15035],
    kind: 'configuration',
    advice: 'this server has no such resource: ask the site how it names it',
  },
  {
    says: /illegal attribute or resource value/i,
    errors: [15014],
    kind: 'configuration',
  },
  {
    says: /illegal -N value/i,
    kind: 'configuration',
    advice: 'this server takes only short names: give cluster and pool shorter ones',
  },
  {
    says: /unauthorized request|permission denied|access to queue|not (?:allowed|authorized)|bad UID|invalid (?:account|credential|project)/i,
    errors: [15007, 15019, 15022, 15023],
    kind: 'configuration',
    advice: 'this user may not submit there: name another queue or account, or ask the site',
  },
  // Of `qsub` itself, and of hooks of the site.
  { says: /^qsub: /m, kind: 'configuration' },
];

/** The request has not left. */
const unconnected = /cannot connect to server|could ?n[o']t connect/i;

/** After these nobody knows whether the server has the job: it may have had the request before it was lost. */
const lost =
  /end of file|premature end|timed? ?out|connection reset|broken pipe|communication failure|protocol/i;

/** Whether the command may have done its work although it failed. */
export const isLost = ({ exitCode, stderr }: QueueAnswer): boolean =>
  exitCode === null || (lost.test(stderr) && !unconnected.test(stderr));

/** Why PBS refused a job; undefined if nothing says that it did. */
export const refusalOf = (answer: QueueAnswer): QueueProblem | undefined => refusal(answer, isSaid);

/** Why Torque did, whose errors have the same words and other numbers. */
export const refusalOfTorque = (answer: QueueAnswer): QueueProblem | undefined =>
  refusal(answer, ({ says }, { stderr }) => says.test(stderr));

function refusal(answer: QueueAnswer, isMeant: typeof isSaid): QueueProblem | undefined {
  const text = wordsOf(answer);
  if (answer.exitCode === 0 || text === '') return undefined;
  const { kind, advice } = knownProblems.find((known) => isMeant(known, answer)) ?? { kind: 'transient' };
  return advice === undefined ? { kind, text } : { kind, text, advice };
}

const isSaid = ({ says, errors = [] }: KnownProblem, { exitCode, stderr }: QueueAnswer): boolean =>
  says.test(stderr) || errors.some((error) => error % 256 === exitCode);

/** What it said, without the help that follows. */
const wordsOf = ({ stderr }: QueueAnswer): string => oneLine(stderr.split(/^usage: /m)[0] ?? '');
