import { commandProblem, quoteAnswer } from '../command-problems.ts';
import type { QueueAnswer, QueueProblem } from '../dialect.ts';
import { oneLine } from '../one-line.ts';

/** What the library that speaks to the qmaster says when it got no connection: the request has not arrived. */
const unreachable =
  /got (?:select|send) error|unable to (?:contact|reach|send message to) qmaster|qmaster .*(?:is shutting down|shutdown)|cannot connect to|Connection refused|can't find connection/i;

/** The connection was there, and broke off or was silent: what was asked may have been done. */
const brokenOff = /commlib error|got (?:read|sync read) (?:error|timeout)|timeout|timed out|no answer from/i;

const tooMany =
  /(?:jobs|slots) are allowed per (?:user|project|cluster)|exceeds? (?:the )?(?:job|user) limit|max_u?_?jobs/i;

/** Words of a refusal, and what helps. */
const advices: readonly (readonly [RegExp, string])[] = [
  [/unknown queue|queue .* does not exist/i, 'name one of those that `qconf -sql` lists'],
  [
    /project .* does not exist|no such project/i,
    'name one of those that `qconf -sprjl` lists, or leave the account out',
  ],
  [
    /parallel environment .* does not exist/i,
    'more than one cpu needs a parallel environment on one host (allocation_rule $pe_slots): `qconf -spl` lists them, and a line `#$ -pe NAME CPUS` in `extra` names it',
  ],
  [
    /unknown resource "gpu"/i,
    'say in `extra` how this site asks for GPUs, such as `#$ -l ngpus=1`: `qconf -sc` lists its resources',
  ],
  [/unknown resource/i, '`qconf -sc` lists the resources of this site'],
  [
    /no suitable queues|cannot run in PE/i,
    'no queue could ever run this, even if it were empty: ask for fewer cpus, less memory or a shorter walltime, or for another queue. Where only a load value such as mem_free is the matter, which cannot be checked, add `#$ -w n` to `extra`',
  ],
  [
    /SGE_ROOT|cell directory/,
    'Grid Engine’s settings.sh must be read first, which sets SGE_ROOT and SGE_CELL',
  ],
  [
    /not a submit host|no permission|access denied/i,
    'ask the administrators to let this host and user submit, or submit from another host with ssh',
  ],
];

/** `Unable to run job:` in front and `Exiting.` behind say nothing. */
const wordsOf = ({ stdout, stderr }: QueueAnswer): string =>
  oneLine(
    `${stderr}\n${stdout}`
      .replaceAll(/^Unable to run job: (?:error: )?/gm, '')
      .replaceAll(/^Exiting\.$/gm, ''),
  );

/** Whether an answer says that the qmaster was never reached. */
const isUnreachable = ({ stdout, stderr }: QueueAnswer): boolean => unreachable.test(`${stderr}\n${stdout}`);

/** Why a command did not do what it was asked. Undefined where it may have done it all the same. */
export function problemOf(answer: QueueAnswer): QueueProblem | undefined {
  const common = commandProblem(answer);
  if (common) return common;
  const text = wordsOf(answer);
  if (answer.exitCode === null || text === '') return undefined;
  if (isUnreachable(answer))
    return { kind: 'transient', text, advice: 'the qmaster does not answer: it is asked again' };
  if (brokenOff.test(text)) return undefined;
  if (tooMany.test(text))
    return { kind: 'limit', text, advice: 'wait until some of this user’s jobs have ended' };
  const advice = advices.find(([pattern]) => pattern.test(text))?.[1];
  return { kind: 'configuration', text, ...(advice !== undefined && { advice }) };
}

/** The words of an answer that is no news. */
export const noNews = (answer: QueueAnswer): string => wordsOf(answer) || quoteAnswer(answer);
