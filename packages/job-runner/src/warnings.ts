import { describeResources, type SchedulerNotice } from '@galaxy-mesos/scheduler';

/** What a person should know of a notice of the scheduler that does not end the job; `undefined` if it is no such. */
export function warningOf(notice: SchedulerNotice): string | undefined {
  switch (notice.type) {
    case 'unplaced':
      return unplacedWarning(notice);
    case 'disconnected':
      return `connection lost, connecting again: ${notice.message}`;
    case 'call-failed':
      return `a call to the cluster (${notice.call}) did not get through, and is seen to again: ${notice.error.message}`;
    default:
      return undefined;
  }
}

function unplacedWarning({
  tasks,
  resources,
  offered,
}: Extract<SchedulerNotice, { type: 'unplaced' }>): string {
  const waiting = tasks === 1 ? '1 task waits' : `${tasks} tasks wait, each`;
  return (
    `${waiting} for ${describeResources(resources)}; the most that is offered at once is ` +
    `${describeResources(offered)}: wait until more is free, or ask for less`
  );
}
