import type { AgentView, JobResources } from '@galaxy-mesos/galaxy-jobs';
import type { Command } from 'commander';
import { plainText, table } from '../daemon/table.ts';
import { defineListing } from './listing.ts';

/** `galaxy-mesos agents`: where a daemon's jobs run. */
export const defineAgents = (command: Command): void =>
  defineListing(command, {
    description: 'Lists the agents that a daemon knows, what they have, and what its tasks use there.',
    one: 'agent',
    none: 'no agents are known',
    ask: (daemon) => daemon.agents(),
    text: agentTable,
  });

const agentTable = (agents: readonly AgentView[]): string =>
  table([
    ['AGENT', 'HOST', 'TASKS', 'CORES', 'MEMORY', 'DISK', 'GPUS', ''],
    ...agents.map(({ id, hostname, tasks, used, total, avoided }) => [
      ...[id, plainText(hostname), String(tasks)],
      ...(['cpus', 'mem', 'disk', 'gpus'] as const).map((name) => amount(name, used, total)),
      avoided === undefined ? '' : `avoided: ${plainText(avoided)}`,
    ]),
  ]);

/** `1/4`: used, and all that there is. */
const amount = (name: keyof JobResources, used: JobResources, total: JobResources | undefined): string =>
  `${round(used[name] ?? 0)}${total === undefined ? '' : `/${round(total[name] ?? 0)}`}`;

const round = (value: number): string => String(Math.round(value * 1000) / 1000);
