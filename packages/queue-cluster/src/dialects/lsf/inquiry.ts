import type { BatchJobRequest, Inquiry, InquiryFinding, QueueAnswer, QueueProblem } from '../dialect.ts';
import {
  type AskedSizes,
  boundsProblem,
  fine,
  noAnswer,
  refused,
  shown,
  unclear,
  type WhoAsks,
  whoAsks,
  whoCommand,
} from '../inquiries.ts';
import { judgeNodes } from '../node-fit.ts';
import { hostsIn, hostsOfQueue } from './hosts.ts';
import { problemOf } from './problems.ts';
import { type LsfQueue, queuesIn } from './queue-details.ts';

/** LSF has nothing that checks a job: its queues and hosts are asked what they would make of one. */
export const inquiry = (request: BatchJobRequest): Inquiry => ({
  commands: [
    whoCommand,
    { program: 'bqueues', arguments: ['-l'] },
    { program: 'bhosts', arguments: ['-w'] },
    { program: 'lshosts', arguments: ['-w'] },
    // Only who names no queue needs to know where jobs go then.
    ...(request.queue === undefined ? [{ program: 'bparams', arguments: ['-l'] }] : []),
  ],
  judge: ([id, queueDetails, batchHosts, loadHosts, parameters]) => {
    const who = whoAsks(id);
    const queues = queueDetails?.exitCode === 0 ? queuesIn(queueDetails.stdout) : undefined;
    const names = queuesAskedFor(request, parameters);
    const question = { queues, sizes: sizesAskedFor(request), who };
    // Where several queues come into question, so do the hosts of all.
    const queue = names?.length === 1 ? queues?.get(names[0] ?? '') : undefined;
    return [
      ...(who ? [] : [noAnswer('user', id, () => undefined)]),
      ...(names ? judgeQueues(names, question, queueDetails) : [noQueue(request, parameters)]),
      judgeHosts(batchHosts, loadHosts, question.sizes, queue),
    ];
  },
});

function judgeHosts(
  batchHosts: QueueAnswer | undefined,
  loadHosts: QueueAnswer | undefined,
  sizes: AskedSizes,
  queue: LsfQueue | undefined,
): InquiryFinding {
  const failed = [batchHosts, loadHosts].find((answer) => answer?.exitCode !== 0);
  const hosts = failed ? undefined : hostsIn(batchHosts?.stdout, loadHosts?.stdout);
  if (!hosts) return noAnswer('nodes', failed ?? batchHosts, problemOf);
  return judgeNodes(hostsOfQueue(hosts, queue?.hosts), sizes, 'bhosts -w');
}

/** Sizes that an extra line (`#BSUB -R ...`) may say otherwise are not known. LSF has no simple way to tell of GPUs. */
const sizesAskedFor = ({ extra, cpus, memMb, walltimeSeconds }: BatchJobRequest): AskedSizes =>
  extra.some((line) => /\s-[nRWMm]/.test(line)) ? {} : { cpus: Math.ceil(cpus), memMb, walltimeSeconds };

const namesQueueItself = ({ extra }: BatchJobRequest): boolean => extra.some((line) => /\s-q/.test(line));

/** The queue that a job names, or those of which LSF takes the first that fits; undefined if nobody knows. */
function queuesAskedFor(
  request: BatchJobRequest,
  parameters: QueueAnswer | undefined,
): readonly string[] | undefined {
  if (namesQueueItself(request)) return undefined;
  if (request.queue !== undefined) return [request.queue];
  if (parameters?.exitCode !== 0) return undefined;
  const told = /^\s*(?:DEFAULT_QUEUE *=|Default Queues:) *(\S.*)$/m.exec(parameters.stdout)?.[1];
  return told?.trim().split(/\s+/);
}

interface Question {
  readonly queues: ReadonlyMap<string, LsfQueue> | undefined;
  readonly sizes: AskedSizes;
  readonly who: WhoAsks | undefined;
}

const noQueue = (request: BatchJobRequest, parameters: QueueAnswer | undefined): InquiryFinding =>
  namesQueueItself(request)
    ? unclear('queue', 'an extra line names it: say it as `queue`, and it can be asked what it takes')
    : noAnswer('queue', parameters, problemOf);

/** Of several, one that takes the job is enough. */
function judgeQueues(
  names: readonly string[],
  question: Question,
  answer: QueueAnswer | undefined,
): readonly InquiryFinding[] {
  if (!names) return [unclear('queue', 'no answer: nobody knows to which one the job would go; name one')];
  const { queues } = question;
  if (!queues) return [noAnswer(`queue ${names.join(', ')}`, answer, problemOf)];
  const findings = names.map((name) => judgeQueue(name, queues, question));
  const best = ['fine', 'unclear'].flatMap(
    (kind) => findings.find((finding) => finding.kind === kind) ?? [],
  )[0];
  return best ? [best] : findings;
}

function judgeQueue(name: string, queues: ReadonlyMap<string, LsfQueue>, question: Question): InquiryFinding {
  const subject = `queue ${name}`;
  const queue = queues.get(name);
  if (!queue)
    return refused(subject, {
      kind: 'configuration',
      text: `there is no queue ${name}`,
      advice: `name one of these: ${[...queues.keys()].join(', ')}`,
    });
  const { status } = queue;
  if (status === undefined || !/^(?:Open|Closed):\w+$/.test(status))
    return unclear(
      subject,
      `no answer: bqueues does not tell whether it takes jobs (${status ?? 'no status'})`,
    );
  const problem =
    statusProblem(name, status) ??
    limitProblem(name, queue, question.sizes) ??
    userProblem(name, queue, question.who);
  if (problem) return refused(subject, problem);
  if (!question.who && !queue.users?.includes('all'))
    return unclear(subject, 'it may have a list of who may enter, and who asks is not known');
  const memory = queue.memoryLimit === undefined ? '' : `; MEMLIMIT is ${queue.memoryLimit}`;
  const when = /_Win$/.test(status) ? ', and starts them in its windows of time only' : ' and starts them';
  return fine(subject, `${status}: takes jobs${when}${memory}`);
}

function statusProblem(name: string, status: string): QueueProblem | undefined {
  if (status.startsWith('Closed'))
    return {
      kind: 'configuration',
      text: `the queue ${name} takes no jobs (${status})`,
      advice: 'name another queue, or wait until the site opens it',
    };
  // What begins or ends by the clock opens by itself.
  if (/:Active$|_Win$/.test(status)) return undefined;
  return {
    kind: 'transient',
    text: `the queue ${name} starts no jobs (${status})`,
    advice: 'name another queue, or wait until the site activates it',
  };
}

const limitProblem = (
  name: string,
  { runLimitSeconds, mostTasks, leastTasks }: LsfQueue,
  { walltimeSeconds, cpus }: AskedSizes,
): QueueProblem | undefined =>
  boundsProblem(name, {
    asked: walltimeSeconds,
    most: runLimitSeconds,
    show: shown.walltimeSeconds,
    called: 'RUNLIMIT',
  }) ??
  boundsProblem(name, {
    asked: cpus,
    least: leastTasks,
    most: mostTasks,
    show: shown.cpus,
    called: 'TASKLIMIT',
  });

/** Names that end with a stroke are groups, of which nobody here knows the members; `~` excludes a name. */
function userProblem(
  name: string,
  { users = [] }: LsfQueue,
  who: WhoAsks | undefined,
): QueueProblem | undefined {
  if (!who || users.length === 0) return undefined;
  const isExcluded = users.includes(`~${who.user}`);
  const mayBeMeant = users.some(
    (entry) => entry === who.user || /^(?:all|others|default)$|[/@+]/.test(entry),
  );
  if (!isExcluded && mayBeMeant) return undefined;
  return {
    kind: 'configuration',
    text: `the queue ${name} does not let in the user ${who.user}: its USERS are ${users.join(' ')}`,
    advice: 'name a queue that `bqueues -u $USER` lists, or ask the site for access',
  };
}
