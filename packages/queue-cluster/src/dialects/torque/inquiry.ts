import type { BatchJobRequest, Inquiry, QueueAnswer } from '../dialect.ts';
import { whoCommand } from '../inquiries.ts';
import type { Attributes } from '../pbs/attributes.ts';
import { judgedByPbs, type Told } from '../pbs/inquiry.ts';
import { isUp, type PbsNode } from '../pbs/nodes.ts';
import { refusalOfTorque } from '../pbs/problems.ts';
import { countOf, mebibytesOf } from '../pbs/sizes.ts';
import { type Fields, readXml } from './xml.ts';

/** As for PBS, but Torque tells servers and queues as text, and nodes as XML. */
export const inquiryOfTorque = (request: BatchJobRequest): Inquiry => ({
  commands: [
    whoCommand,
    { program: 'qstat', arguments: ['-B', '-f'] },
    { program: 'qstat', arguments: ['-Q', '-f'] },
    { program: 'pbsnodes', arguments: ['-x'] },
  ],
  judge: ([who, server, queues, nodes]) =>
    judgedByPbs(
      request,
      { who, server: toldIn(server, 'Server'), queues: toldIn(queues, 'Queue'), nodes: nodesIn(nodes) },
      { cores: 'procct', refusalIn: refusalOfTorque },
    ),
});

/** Blocks of `Queue: NAME`, with a line `    attribute = value` for each attribute. */
function toldIn(answer: QueueAnswer | undefined, kind: string): Told<ReadonlyMap<string, Attributes>> {
  if (answer?.exitCode !== 0) return { answer, told: undefined };
  // What is long goes on in the next line, after a tabulator.
  const [, ...blocks] = answer.stdout.replaceAll('\n\t', '').split(new RegExp(`^${kind}: *`, 'm'));
  const told = new Map(blocks.map((block) => [block.split('\n', 1)[0]?.trim() ?? '', attributesOf(block)]));
  return { answer, told: told.size === 0 ? undefined : told };
}

const attributesOf = (block: string): Attributes =>
  new Map(
    [...block.matchAll(/^ +([\w.]+) = (.*)$/gm)].map(([, name = '', value = '']) => [name, value.trim()]),
  );

function nodesIn(answer: QueueAnswer | undefined): Told<readonly PbsNode[]> {
  const fields = answer?.exitCode === 0 ? readXml(answer.stdout, 'Node') : undefined;
  return { answer, told: fields?.map(nodeOf) };
}

function nodeOf(node: Fields): PbsNode {
  const memory = /(?:^|,)physmem=(\w+)/.exec(node.get('status') ?? '')?.[1];
  return {
    cpus: countOf(node.get('np')),
    memMb: mebibytesOf(memory),
    gpus: countOf(node.get('gpus') ?? '0'),
    isUp: isUp(node.get('state') ?? ''),
  };
}
