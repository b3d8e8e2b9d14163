import type { InquiryFinding } from './dialect.ts';
import { type AskedSizes, fine, refused, shown, unclear } from './inquiries.ts';

/** A machine on which jobs run; what it does not tell is not known. */
export interface QueueNode {
  readonly cpus?: number | undefined;
  readonly memMb?: number | undefined;
  readonly gpus?: number | undefined;
  /** Whether it takes part: it may be down, or taken off by the site. */
  readonly isUp: boolean;
}

interface NodeSize {
  readonly asked: number | undefined;
  readonly of: (node: QueueNode) => number | undefined;
  readonly show: (size: number) => string;
}

const subject = 'nodes';

const sizesOf = ({ cpus, memMb, gpus }: AskedSizes): readonly NodeSize[] => [
  { asked: cpus, of: (node) => node.cpus, show: shown.cpus },
  { asked: memMb, of: (node) => node.memMb, show: shown.memMb },
  { asked: gpus, of: (node) => node.gpus, show: shown.gpus },
];

/**
 * Whether there is a node as big as a job, which runs on one. What a node does not tell speaks for it. `lister` is the
 * command that lists them.
 */
export function judgeNodes(nodes: readonly QueueNode[], asked: AskedSizes, lister: string): InquiryFinding {
  if (nodes.length === 0) return unclear(subject, 'no answer: no nodes are told');
  const sizes = sizesOf(asked).filter((size) => size.asked !== undefined);
  const holds = (node: QueueNode) => sizes.every((size) => (size.of(node) ?? Infinity) >= (size.asked ?? 0));
  const bigEnough = nodes.filter(holds);
  if (bigEnough.length === 0) return tooBig(nodes, sizes, lister);
  const up = bigEnough.filter(({ isUp }) => isUp).length;
  const counted = `${bigEnough.length} of ${nodes.length} ${sizes.length === 0 ? 'are told' : 'are as big as this'}`;
  if (up > 0) return fine(subject, `${counted}, ${up} of them up`);
  return refused(subject, {
    kind: 'transient',
    text: `${counted}, none of them up`,
    advice: `wait until the site brings them back: \`${lister}\` lists them`,
  });
}

function tooBig(nodes: readonly QueueNode[], sizes: readonly NodeSize[], lister: string): InquiryFinding {
  const advice = `ask for less, or name another queue: \`${lister}\` tells what nodes have`;
  for (const { asked = 0, of, show } of sizes) {
    const most = Math.max(...nodes.map((node) => of(node) ?? Infinity));
    if (most < asked)
      return refused(subject, {
        kind: 'configuration',
        text: `no node has ${show(asked)}: the biggest has ${show(most)}`,
        advice,
      });
  }
  const all = sizes
    .filter(({ asked }) => asked !== 0)
    .map(({ asked = 0, show }) => show(asked))
    .join(' and ');
  return refused(subject, { kind: 'configuration', text: `no node has ${all} together`, advice });
}
