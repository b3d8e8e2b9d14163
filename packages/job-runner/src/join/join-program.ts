// The program that joins the results of parts beside a runner: `node join-program.js`, with an order on its standard
// input. A process of its own, because a join takes minutes of a processor and the memory of its formats, and because
// it runs as the user whose job it is. It does not outlive whoever asked for it, whose end closes its standard input.
import { readyMerge } from '@galaxy-mesos/parallelism';
import type { JoinEnd, JoinOrder } from './join-messages.ts';

const stop = new AbortController();
let given = '';

const end = (message?: string): void => {
  const told: JoinEnd = message === undefined ? {} : { message };
  process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit(message === undefined ? 0 : 1));
};

async function join(line: string): Promise<void> {
  const { merge, parts, destination } = JSON.parse(line) as JoinOrder;
  const ready = readyMerge(merge);
  if (ready.kind !== 'here') throw new Error(`the merge ${merge.merge} is done by a task`);
  await ready.join({ parts, destination, signal: stop.signal });
}

function take(text: string): void {
  const isNew = !given.includes('\n');
  given += text;
  const lineEnd = given.indexOf('\n');
  if (!isNew || lineEnd < 0) return;
  join(given.slice(0, lineEnd)).then(
    () => end(),
    (error: unknown) => end(error instanceof Error ? error.message : String(error)),
  );
}

process.on('SIGTERM', () => stop.abort(new Error('was told to stop')));
process.stdin.setEncoding('utf8').on('data', take);
process.stdin.on('end', () => {
  if (!given.includes('\n')) end('nothing was asked for');
  stop.abort(new Error('nobody waits for the result any more'));
});
