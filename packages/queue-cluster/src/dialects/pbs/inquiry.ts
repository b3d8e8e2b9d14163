import type { BatchJobRequest, Inquiry, InquiryFinding, QueueAnswer } from '../dialect.ts';
import { noAnswer, whoAsks, whoCommand } from '../inquiries.ts';
import { judgeNodes } from '../node-fit.ts';
import { type Attributes, attributesIn } from './attributes.ts';
import { judgeNoQueue, judgeQueue, judgeServer, queueAskedFor, type Servers, sizesAskedFor } from './fit.ts';
import { readPbsJson } from './json.ts';
import { nodesFor, type PbsNode, vnodesAsNodes } from './nodes.ts';
import { refusalOf } from './problems.ts';
import type { QueueQuestion } from './queue-fit.ts';

/** PBS has nothing that checks a job: its server, queues and nodes are asked what they would make of one. */
export const inquiryOfPbs = (request: BatchJobRequest): Inquiry => ({
  commands: [
    whoCommand,
    { program: 'qstat', arguments: ['-B', '-f', '-F', 'json'] },
    { program: 'qstat', arguments: ['-Q', '-f', '-F', 'json'] },
    { program: 'pbsnodes', arguments: ['-a', '-F', 'json'] },
  ],
  judge: ([who, server, queues, nodes]) => {
    const vnodes = toldIn(nodes, 'nodes');
    return judgedByPbs(request, {
      who,
      server: toldIn(server, 'Server'),
      queues: toldIn(queues, 'Queue'),
      nodes: { answer: nodes, told: vnodes.told && vnodesAsNodes([...vnodes.told.values()]) },
    });
  },
});

/** An answer, and what it tells; undefined if it was not understood. */
export interface Told<T> {
  readonly answer: QueueAnswer | undefined;
  readonly told: T | undefined;
}

/** What PBS and Torque are asked alike. */
interface PbsAnswers {
  readonly who: QueueAnswer | undefined;
  readonly server: Told<Servers>;
  readonly queues: Told<ReadonlyMap<string, Attributes>>;
  readonly nodes: Told<readonly PbsNode[]>;
}

/** In what PBS and Torque differ. */
interface PbsPeculiarities extends Pick<QueueQuestion, 'cores'> {
  readonly refusalIn: typeof refusalOf;
}

/** What is found of a request: of the server, of the queue, of the nodes. */
export function judgedByPbs(
  request: BatchJobRequest,
  answers: PbsAnswers,
  { cores, refusalIn }: PbsPeculiarities = { cores: 'ncpus', refusalIn: refusalOf },
): readonly InquiryFinding[] {
  const sizes = sizesAskedFor(request);
  const who = whoAsks(answers.who);
  const [server] = answers.server.told?.values() ?? [];
  const queues = answers.queues.told;
  const name = queueAskedFor(request, answers.server.told);
  const nodes = answers.nodes.told;
  const found = (there: NonNullable<typeof queues>) =>
    name === undefined
      ? judgeNoQueue(request, there, server !== undefined)
      : judgeQueue(name, { server: server ?? new Map(), queues: there, sizes, cores, who });
  return [
    ...(who ? [] : [noAnswer('user', answers.who, () => undefined)]),
    server ? judgeServer(server, who) : noAnswer('server', answers.server.answer, refusalIn),
    queues && queues.size > 0
      ? found(queues)
      : noAnswer(name === undefined ? 'queue' : `queue ${name}`, answers.queues.answer, refusalIn),
    nodes
      ? judgeNodes(nodesFor(name, nodes, queues), sizes, 'pbsnodes -a')
      : noAnswer('nodes', answers.nodes.answer, refusalIn),
  ];
}

function toldIn(answer: QueueAnswer | undefined, kind: string): Told<ReadonlyMap<string, Attributes>> {
  const told = answer?.exitCode === 0 ? attributesIn(readPbsJson(answer.stdout), kind) : undefined;
  return { answer, told };
}
