import type { WaitingView } from '@galaxy-mesos/galaxy-jobs';
import type { Command } from 'commander';
import { plainText, table } from '../daemon/table.ts';
import { defineListing } from './listing.ts';

/** `galaxy-mesos queue`: what waits in a daemon, and why. */
export const defineQueue = (command: Command): void =>
  defineListing(command, {
    description: 'Tells of each kind of tasks that wait how many they are, of which jobs, and why they wait.',
    one: 'kind',
    none: 'nothing waits',
    ask: (daemon) => daemon.queue(),
    text: queueTable,
  });

const queueTable = (waiting: readonly WaitingView[]): string =>
  table([
    ['TASKS', 'JOBS', 'CORES', 'MEMORY', 'WHY'],
    ...waiting.map(({ tasks, jobs, resources, reason, impossible }) => [
      ...[String(tasks), `${jobs[0] ?? ''}${jobs.length > 1 ? ` and ${jobs.length - 1} more` : ''}`],
      ...[String(resources.cpus), String(resources.mem)],
      `${impossible ? 'NEVER: ' : ''}${plainText(reason)}`,
    ]),
  ]);
