import { inChild } from './child.ts';
import type { PendingMemory, pendingKinds } from './pending-probe.ts';
import { count, figure, Report } from './report.ts';

const pendingCount = 1_000_000;

const kinds: readonly (readonly [(typeof pendingKinds)[number], string])[] = [
  ['matcher-alike', 'matcher, tasks alike but for their id'],
  ['matcher-own', 'matcher, tasks with commands of their own'],
  ['scheduler-own', 'scheduler and store in memory, tasks with commands of their own'],
];

const megabytes = (bytes: number): string => figure(bytes / 2 ** 20);

/** What a million waiting tasks take of memory. */
export async function benchmarkPending(): Promise<void> {
  const report = new Report('matcher-memory', 'Memory of waiting tasks');
  const rows: string[][] = [];
  for (const [kind, name] of kinds) {
    process.stderr.write(`  ${name}\n`);
    const { peak, live, specs } = await inChild<PendingMemory>('pending', kind, pendingCount);
    const bytesPerTask = [live / pendingCount, specs / pendingCount].map((bytes) => count(Math.round(bytes)));
    rows.push([name, megabytes(peak), megabytes(live), ...bytesPerTask]);
  }
  report.table(`${count(pendingCount)} tasks wait`, [
    ['', 'peak of the process, MiB', 'live, MiB', 'bytes a task', 'of which its spec'],
    ...rows,
  ]);
  report.write();
}
