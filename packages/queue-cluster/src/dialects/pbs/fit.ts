import type { BatchJobRequest, InquiryFinding } from '../dialect.ts';
import { type AskedSizes, fine, refused, unclear } from '../inquiries.ts';
import { accessProblem, hasAccessList } from './access.ts';
import { type Attributes, isOn } from './attributes.ts';
import { destinationsOf, type QueueQuestion, queueProblem } from './queue-fit.ts';

/** Sizes that an extra line (`#PBS -l ...`) may say otherwise are not known. */
export const sizesAskedFor = ({ extra, cpus, memMb, gpus, walltimeSeconds }: BatchJobRequest): AskedSizes =>
  extra.some((line) => /\s-l/.test(line))
    ? {}
    : { cpus: Math.ceil(cpus), memMb: Math.ceil(memMb), gpus, walltimeSeconds };

/** Whether an extra line (`#PBS -q ...`) may name the queue: then it is not known. */
const namesQueueItself = ({ extra }: BatchJobRequest): boolean => extra.some((line) => /\s-q/.test(line));

/** The queue that a job goes to: the one it names, without its server if it is this one, or the server's own. */
export function queueAskedFor(request: BatchJobRequest, servers: Servers | undefined): string | undefined {
  if (namesQueueItself(request)) return undefined;
  const [[server, attributes] = ['', undefined]] = servers ?? [];
  const name = request.queue ?? attributes?.get('default_queue');
  const [queue, at = server] = name?.split('@') ?? [];
  return servers === undefined || isSameHost(at, server) ? queue : name;
}

/** Servers by their names, of which there is one. */
export type Servers = ReadonlyMap<string, Attributes>;

/** One may be told with its domain, the other without. */
const isSameHost = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);

/** Whether a server has jobs started. */
export function judgeServer(server: Attributes, who: QueueQuestion['who']): InquiryFinding {
  const subject = 'server';
  const scheduling = isOn(server, 'scheduling');
  if (scheduling === undefined) return unclear(subject, 'no answer: it does not tell whether it starts jobs');
  if (!scheduling)
    return refused(subject, {
      kind: 'transient',
      text: 'the server starts no jobs (scheduling = False)',
      advice: 'wait until the site turns it on again, or ask why it is off',
    });
  if (!who && hasAccessList(server))
    return unclear(subject, 'it has a list of who may enter, and who asks is not known');
  const closed = who && accessProblem('the server', server, who);
  return closed ? refused(subject, closed) : fine(subject, 'starts jobs');
}

/** What is found of a job whose queue nobody knows, although the server was asked for its own. */
export function judgeNoQueue(
  request: BatchJobRequest,
  queues: QueueQuestion['queues'],
  isTold: boolean,
): InquiryFinding {
  const subject = 'queue';
  if (namesQueueItself(request))
    return unclear(subject, 'an extra line names it: say it as `queue`, and it can be asked what it takes');
  if (!isTold) return unclear(subject, 'no answer: nobody knows to which one the job would go');
  return refused(subject, {
    kind: 'configuration',
    text: 'the server has no queue for jobs that name none',
    advice: `name one of these: ${[...queues.keys()].join(', ')}`,
  });
}

/** Whether a queue takes and starts a job. */
export function judgeQueue(name: string, question: QueueQuestion): InquiryFinding {
  const subject = `queue ${name}`;
  const problem = queueProblem(name, question);
  if (problem) return refused(subject, problem);
  const queue: Attributes = question.queues.get(name) ?? new Map();
  if (isOn(queue, 'enabled') === undefined || isOn(queue, 'started') === undefined)
    return unclear(subject, 'no answer: it does not tell whether it takes and starts jobs');
  if (!question.who && hasAccessList(queue))
    return unclear(subject, 'it has a list of who may enter, and who asks is not known');
  const most = queue.get('resources_max.walltime');
  const limit = most === undefined ? '' : `, for at most ${most}`;
  const behind = destinationsOf(queue);
  return fine(
    subject,
    behind.length > 0
      ? `hands jobs on to ${behind.join(', ')}${limit}`
      : `takes jobs and starts them${limit}`,
  );
}
