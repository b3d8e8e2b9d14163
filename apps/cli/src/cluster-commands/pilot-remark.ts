import type { PilotView } from '@galaxy-mesos/queue-cluster';

type Leaving = NonNullable<PilotView['leaving']>;

/** Why a pilot is on its way out, for people. */
const wordsOfLeaving: Readonly<Record<Leaving, string>> = {
  walltime: 'its walltime is nearly over',
  surplus: 'not needed now',
  deactivated: 'its agent was deactivated, and is idle',
  draining: 'no more work is wanted of it',
  down: 'the cluster goes down',
  'never-registered': 'its agent has not come',
  'agent-lost': 'its agent has been away for too long',
  requeued: 'the queue has taken it back',
  stuck: 'the queue will never start it',
  changed: 'its pool has been changed',
};

/** What there is to say of a pilot beside its state: why it waits, leaves, or has ended. Of one at work there is nothing. */
export function remarkOn({ ended, leaving, waits, isStuck }: PilotView): string {
  const why = leaving && wordsOfLeaving[leaving];
  if (ended) {
    if (ended.class !== 'planned-end') return `${ended.class.replaceAll('-', ' ')}: ${ended.text}`;
    // Of one that was told to end, how its script came to know is no news.
    return `as planned: ${why ?? ended.text}`;
  }
  if (why !== undefined) return why;
  return waits ? `${isStuck ? 'NEVER: ' : ''}${waits.text}` : '';
}
