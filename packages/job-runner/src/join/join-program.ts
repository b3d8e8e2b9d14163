// The program that joins the results of parts beside a runner. A process of its own, because a join takes minutes of a
// processor and the memory of its formats, and because it runs as the user whose job it is.
import { createReadStream } from 'node:fs';
import { type JoinPart, loadCatalog, readyMerge } from '@galaxy-mesos/parallelism';
import { linesOf } from '../child/lines.ts';
import { Parent } from '../child/parent.ts';
import { messageOf } from '../job-error.ts';
import { type JoinEnd, type JoinOrder, joinPartSchema } from './join-messages.ts';

const parent = new Parent();
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort(new Error('was told to stop')));

async function listedParts(): Promise<readonly JoinPart[]> {
  const parts: JoinPart[] = [];
  const list = createReadStream('', { fd: 3, start: 0, autoClose: false });
  for await (const line of linesOf(list)) parts.push(joinPartSchema.parse(JSON.parse(line)));
  return parts;
}

async function join({ merge, modules, destination }: JoinOrder): Promise<void> {
  const ready = readyMerge(merge, await loadCatalog(modules));
  if (ready.kind !== 'here') throw new Error(`the merge ${merge.merge} is done by a task`);
  const parts = await listedParts();
  await ready.join({ parts, destination, signal: AbortSignal.any([stop.signal, parent.gone]) });
}

const end: JoinEnd = await join((await parent.order()) as JoinOrder).then(
  () => ({}),
  (error: unknown) => ({ message: messageOf(error) }),
);
await parent.tell(end);
process.exit();
