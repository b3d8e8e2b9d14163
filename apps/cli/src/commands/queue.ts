import { Command } from 'commander';
import { type ConnectionOptions, connect, withConnection } from '../daemon/connection.ts';
import { plainText, table } from '../daemon/table.ts';

const help = `
Example:
  galaxy-mesos queue --daemon http://127.0.0.1:8913

Exit status: 0 all well, 1 no daemon, or it refused, 2 wrong use.`;

/** `galaxy-mesos queue`: what waits in a daemon, and why. */
export const queueCommand = (): Command =>
  withConnection(new Command('queue'))
    .summary('tell what waits, and why')
    .description('Tells of each kind of tasks that wait how many they are, of which jobs, and why they wait.')
    .option('--json', 'one kind a line')
    .addHelpText('after', help)
    .action(async ({ json, ...connection }: ConnectionOptions & { readonly json?: boolean }) => {
      const waiting = await connect(connection, process.env).queue();
      if (json) {
        for (const view of waiting) process.stdout.write(`${JSON.stringify(view)}\n`);
        return;
      }
      if (waiting.length === 0) {
        process.stdout.write('nothing waits\n');
        return;
      }
      const rows = waiting.map(({ tasks, jobs, resources, reason, impossible }) => [
        ...[String(tasks), `${jobs[0] ?? ''}${jobs.length > 1 ? ` and ${jobs.length - 1} more` : ''}`],
        ...[String(resources.cpus), String(resources.mem)],
        `${impossible ? 'NEVER: ' : ''}${plainText(reason)}`,
      ]);
      process.stdout.write(`${table([['TASKS', 'JOBS', 'CORES', 'MEMORY', 'WHY'], ...rows])}\n`);
    });
