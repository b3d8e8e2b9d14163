import { commandProblem } from '../command-problems.ts';
import type { QueueAnswer, QueueProblem, QueueProblemKind } from '../dialect.ts';
import { oneLine } from '../one-line.ts';

type Rule = readonly [words: RegExp, kind: QueueProblemKind, advice?: string];

const otherShape = 'ask for less: `sinfo -o "%P %l %c %m %G"` shows what partitions and nodes have';

/** What Slurm says, in the words of its own list of errors, of which the first that fits counts. */
const rules: readonly Rule[] = [
  [/Unable to contact slurm controller|Connection refused|No route to host/i, 'transient'],
  [/temporarily unable to accept job|Resource temporarily unavailable|in standby mode/i, 'transient'],
  [
    /(?:authentication|Munge|auth_g_).*(?:error|fail|invalid)|Invalid authentication credential/i,
    'transient',
    'Slurm does not recognise this machine at present: is munge running here, and is the clock right?',
  ],
  [
    /Max(?:Submit)?Jobs?(?:Per\w+)?(?:Limit)?\b|MaxSubmit\w*/,
    'limit',
    'so many jobs of this user or account may be there at a time: lower the most that the pool may have',
  ],
  [
    /(?:Assoc|QOS)\w*(?:PerJob|Duration|PerNode|Minutes|NotSatisfied)\w*/,
    'configuration',
    'one job may not have that much under this account or QOS: `sacctmgr show qos` and `sacctmgr show assoc` say what it may',
  ],
  [
    /Job violates accounting\/QOS policy/i,
    'limit',
    'this account or QOS allows no more jobs, or none of this size: `sacctmgr show assoc` says what it allows',
  ],
  [/invalid partition/i, 'configuration', '`sinfo -s` lists the partitions there are'],
  [
    /partition not available|partition configuration not available/i,
    'configuration',
    'the partition takes no jobs at present, or none of this size: use another one (`sinfo -s`)',
  ],
  [
    /Invalid account|Invalid.*account\/partition/i,
    'configuration',
    '`sacctmgr show assoc user=$USER format=account,partition` lists the accounts that may be used',
  ],
  [/Invalid qos/i, 'configuration', '`sacctmgr show qos format=name` lists those there are'],
  [
    /not permitted to use this partition|Access\/permission denied/i,
    'configuration',
    'use a partition that is open to this user',
  ],
  [
    /time limit is invalid|Invalid --time/i,
    'configuration',
    'ask for a shorter walltime: `sinfo -o "%P %l"` shows the limits',
  ],
  [
    /More processors requested|Memory specification can not be satisfied|node configuration is not available|[Nn]ode count specification invalid|CPU count/i,
    'configuration',
    otherShape,
  ],
  [
    /Invalid generic resource/i,
    'configuration',
    'nodes offer GPUs under no such name: `sinfo -o "%P %G"` shows what they offer',
  ],
  [/Invalid feature/i, 'configuration', 'no node has that feature: `sinfo -o "%P %f"` shows those there are'],
  [
    /Invalid|unrecognized|option requires|does not look like a batch script|DOS line breaks|Unable to open|No such file|too long/i,
    'configuration',
  ],
  // A site's own checks answer with words of the site before this.
  [/error: .+\n(?:.*\n)*.*submission failed: Unspecified error/i, 'configuration'],
];

/** What an answer of a Slurm command that failed means. What is not known may be better later. */
export function problemOf(answer: QueueAnswer): QueueProblem {
  const common = commandProblem(answer);
  if (common) return common;
  const said = answer.stderr.trim() || answer.stdout.trim();
  const text =
    oneLine(said.replaceAll(/^\w+: (?:(?:error|fatal): )?/gm, '')) || `it ended with ${answer.exitCode}`;
  const [, kind = 'transient', advice] = rules.find(([words]) => words.test(said)) ?? [];
  return { kind, text, ...(advice !== undefined && { advice }) };
}
