import type { Message, SimulatedCluster } from '@galaxy-mesos/mesos-testkit';

/** A message, and when it was sent: seconds of virtual time. */
export interface SentMessage extends Message {
  readonly at: number;
}

/** Notes all messages that are sent from now on. */
export function listen({ network }: SimulatedCluster): {
  readonly all: readonly SentMessage[];
  /** Calls of schedulers of this type. */
  calls(type: string): readonly SentMessage[];
} {
  const all: SentMessage[] = [];
  network.faults.add({
    name: 'none: listens only',
    fates: (message, now) => {
      all.push({ ...message, at: now / 1000 });
      return undefined;
    },
  });
  return {
    all,
    calls: (type) => all.filter((message) => message.hop === 'scheduler-to-master' && message.type === type),
  };
}
