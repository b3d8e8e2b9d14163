import type {
  BatchJobRequest,
  Dialect,
  InquiryFinding,
  QueueAnswer,
  QueueCommand,
} from '@galaxy-mesos/queue-cluster';

/**
 * Has a queueing system say whether it would take a batch job and start it: by its own trial, where it has one, and by
 * what it tells of its queues and nodes, where it has none. Without findings it can do neither.
 */
export async function tryBatchJob(
  { trial, tried, inquiry }: Dialect,
  request: BatchJobRequest,
  ask: (command: QueueCommand) => Promise<QueueAnswer>,
): Promise<readonly InquiryFinding[]> {
  if (trial && tried) return [{ subject: 'trial', ...tried(await ask(trial(request))) }];
  const asked = inquiry?.(request);
  return asked ? asked.judge(await Promise.all(asked.commands.map(ask))) : [];
}

/** Asks each thing once, however many batch jobs need to know it. */
export function askingOnce(
  ask: (command: QueueCommand) => Promise<QueueAnswer>,
): (command: QueueCommand) => Promise<QueueAnswer> {
  const asked = new Map<string, Promise<QueueAnswer>>();
  return (command) => {
    const key = JSON.stringify(command);
    const answer = asked.get(key) ?? ask(command);
    asked.set(key, answer);
    return answer;
  };
}
