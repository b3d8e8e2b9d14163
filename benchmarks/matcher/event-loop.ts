import { inChild } from './child.ts';
import type { EventLoopFigures } from './event-loop-probe.ts';
import { count, figure, Report } from './report.ts';

const sizes = [
  { agents: 1000, tasks: 10_000 },
  { agents: 10_000, tasks: 100_000 },
];

/** How long the scheduler, with all that is around the matcher, keeps others from the event loop. */
export async function benchmarkEventLoop(): Promise<void> {
  const report = new Report('matcher-event-loop', 'The event loop while the scheduler is at work');
  const rows: string[][] = [];
  for (const { agents, tasks } of sizes) {
    process.stderr.write(`  ${agents} agents\n`);
    const figures = await inChild<EventLoopFigures>('event-loop', agents, tasks);
    const { longest, p99, longestCollection, seconds, launches } = figures;
    const rates = [seconds, launches / seconds].map(figure);
    rows.push([count(agents), count(tasks), ...[longest, p99, longestCollection].map(figure), ...rates]);
  }
  report.table('Waits for the event loop, store in memory', [
    ['agents', 'tasks', 'longest ms', 'p99 ms', 'longest collection ms', 'seconds in all', 'tasks/s'],
    ...rows,
  ]);
  report.write();
}
