import type { QueueProblem } from '../dialect.ts';
import { type AskedSizes, boundsProblem, shown, type WhoAsks } from '../inquiries.ts';
import { accessProblem } from './access.ts';
import { type Attributes, isOn } from './attributes.ts';
import { countOf, mebibytesOf, secondsOf } from './sizes.ts';

/** The queues of a server, and what is asked of one of them. */
export interface QueueQuestion {
  readonly server: Attributes;
  readonly queues: ReadonlyMap<string, Attributes>;
  readonly sizes: AskedSizes;
  /** What counts the cores of a job: Torque does not count those of `nodes` to `ncpus`. */
  readonly cores: 'ncpus' | 'procct';
  /** Not known where `id` has not said it. */
  readonly who: WhoAsks | undefined;
}

/** A size that queues limit. */
interface Limited {
  /** The resource by which PBS and Torque call it. */
  readonly resource: string;
  readonly asked: number | undefined;
  readonly read: (text: string | undefined) => number | undefined;
  readonly show: (size: number) => string;
}

const limited = ({
  cores,
  sizes: { cpus, memMb, gpus, walltimeSeconds },
}: QueueQuestion): readonly Limited[] => [
  { resource: 'walltime', asked: walltimeSeconds, read: secondsOf, show: shown.walltimeSeconds },
  { resource: cores, asked: cpus, read: countOf, show: shown.cpus },
  { resource: 'mem', asked: memMb, read: mebibytesOf, show: shown.memMb },
  { resource: 'ngpus', asked: gpus, read: countOf, show: shown.gpus },
];

/** Why a queue would not take a job, or not start it; undefined if nothing that it tells says so. */
export function queueProblem(name: string, question: QueueQuestion): QueueProblem | undefined {
  const queue = question.queues.get(name);
  if (!queue) return missing(name, question);
  if (isOn(queue, 'from_route_only') === true)
    return {
      kind: 'configuration',
      text: `the queue ${name} takes jobs of other queues only (from_route_only)`,
      advice: 'name a queue that has it among its route_destinations: `qstat -Qf` tells',
    };
  return problemInside(name, queue, question);
}

const missing = (name: string, { queues }: QueueQuestion): QueueProblem => ({
  kind: 'configuration',
  text: name.includes('@') ? `${name} is a queue of another server` : `there is no queue ${name}`,
  advice: name.includes('@')
    ? 'jobs are looked for on the default server only: log in where that one is the default'
    : `name one of these: ${[...queues.keys()].join(', ')}`,
});

function problemInside(name: string, queue: Attributes, question: QueueQuestion): QueueProblem | undefined {
  const { who } = question;
  if (isOn(queue, 'enabled') === false)
    return {
      kind: 'configuration',
      text: `the queue ${name} takes no jobs (enabled = False)`,
      advice: 'name another queue, or wait until the site opens it',
    };
  if (isOn(queue, 'started') === false)
    return {
      kind: 'transient',
      text: `the queue ${name} starts no jobs (started = False)`,
      advice: 'name another queue, or wait until the site starts it',
    };
  return (
    (who && accessProblem(`the queue ${name}`, queue, who)) ??
    limitProblem(name, queue, question) ??
    routeProblem(name, queue, question)
  );
}

/** A limit of the server counts where the queue has none. */
function limitProblem(name: string, queue: Attributes, question: QueueQuestion): QueueProblem | undefined {
  for (const { resource, asked, read, show } of limited(question)) {
    const limit = (kind: string) =>
      read(queue.get(`${kind}.${resource}`) ?? question.server.get(`${kind}.${resource}`));
    const most = boundsProblem(name, {
      asked,
      show,
      most: limit('resources_max'),
      called: `resources_max.${resource}`,
    });
    // What a job does not ask for at all, as GPUs, PBS does not compare.
    const compared = asked === 0 ? undefined : asked;
    const least = boundsProblem(name, {
      asked: compared,
      show,
      least: limit('resources_min'),
      called: `resources_min.${resource}`,
    });
    const problem = most ?? least;
    if (problem) return problem;
  }
  return undefined;
}

/** A queue that routes takes what one of those behind it takes; those of other servers are not known here. */
function routeProblem(name: string, queue: Attributes, question: QueueQuestion): QueueProblem | undefined {
  const destinations = destinationsOf(queue);
  if (destinations.length === 0) return undefined;
  const problems: string[] = [];
  for (const destination of destinations) {
    const target = question.queues.get(destination);
    if (!target || destinationsOf(target).length > 0) return undefined;
    const problem = problemInside(destination, target, question);
    if (!problem) return undefined;
    problems.push(problem.text);
  }
  return {
    kind: 'configuration',
    text: `the queue ${name} hands jobs on, and none of the queues behind it takes this one: ${problems.join('; ')}`,
    advice: 'ask for what one of them takes: `qstat -Qf` tells their limits',
  };
}

/** Those of a queue that routes. */
export const destinationsOf = (queue: Attributes): readonly string[] =>
  /^r/i.test(queue.get('queue_type') ?? '')
    ? (queue.get('route_destinations') ?? '').split(',').flatMap((name) => name.trim() || [])
    : [];
