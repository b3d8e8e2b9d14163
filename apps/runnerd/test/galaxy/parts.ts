import { createClient } from '@galaxy-mesos/front-doors/client';
import type { RunningDaemon } from './running-daemon.ts';

/** What an administrator adds to the lines of an environment: in words, and as a plan that stands in YAML as it is. */
export const splitLines = {
  parts: '\n      submit_strategy: records\n      submit_strategy_parts: 3',
  partsonmesos: `
      submit_strategy:
      - {when: mesos, input: fastq, parameters: {parts: 4}}
      - whole: true
      submit_merge: {sam: sam}`,
} as const;

/** Reads with names of their own; one may be called `bad`. */
export const fastq = (count: number, bad?: number): string =>
  Array.from({ length: count }, (_, index) => {
    const name = index === bad ? 'bad' : `${'abc'[index % 3]}${index}`;
    return `@${name}\nACGTAC\n+\nIIIIII\n`;
  }).join('');

/** Listens to daemons, since Galaxy has them forget its jobs: in how many tasks each tool was run. */
export function reportTasks(
  daemons: readonly RunningDaemon[],
): Disposable & { of(tool: string): number | undefined } {
  const found = new Map<string, number>();
  const stop = new AbortController();
  const listen = async ({ url, token = '' }: RunningDaemon) => {
    for await (const event of createClient({ url, token }).events({ signal: stop.signal })) {
      if (event.type === 'job') found.set(event.job.name.replace(/ .*/, ''), event.job.tasks.total);
    }
  };
  for (const daemon of daemons) void listen(daemon);
  return { of: (tool) => found.get(tool), [Symbol.dispose]: () => stop.abort() };
}
