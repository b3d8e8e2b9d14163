import type { JobResources } from '@galaxy-mesos/galaxy-jobs';
import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../daemon/connection.ts';
import { plainText, table } from '../daemon/table.ts';

const help = `
Example:
  galaxy-mesos agents --daemon http://127.0.0.1:8913

Exit status: 0 all well, 1 no daemon, or it refused, 2 wrong use.`;

/** `galaxy-mesos agents`: where a daemon's jobs run. */
export const agentsCommand = (): Command =>
  withConnection(new Command('agents'))
    .summary('list the agents of a daemon')
    .description('Lists the agents that a daemon knows, what they have, and what its tasks use there.')
    .option('--json', 'one agent a line')
    .addHelpText('after', help)
    .action(async ({ json, ...connection }: ConnectionOptions & { readonly json?: boolean }) => {
      const agents = await connect(connection, process.env).agents();
      const lines = json
        ? agents.map((agent) => JSON.stringify(agent))
        : [
            table([
              ['AGENT', 'HOST', 'TASKS', 'CORES', 'MEMORY', 'DISK', 'GPUS', ''],
              ...agents.map(({ id, hostname, tasks, used, total, avoided }) => [
                ...[id, plainText(hostname), String(tasks)],
                ...(['cpus', 'mem', 'disk', 'gpus'] as const).map((name) => amount(name, used, total)),
                avoided === undefined ? '' : `avoided: ${plainText(avoided)}`,
              ]),
            ]),
          ];
      if (agents.length === 0 && !json) process.stdout.write('no agents are known\n');
      else if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
    });

/** `1/4`: used, and all that there is. */
const amount = (name: keyof JobResources, used: JobResources, total: JobResources | undefined): string =>
  `${round(used[name] ?? 0)}${total === undefined ? '' : `/${round(total[name] ?? 0)}`}`;

const round = (value: number): string => String(Math.round(value * 1000) / 1000);
