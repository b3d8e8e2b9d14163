// The program that joins what the parts of a job with a directory have made. A process of its own for the same reasons
// as the other that joins: it takes long, and what users' tools have made is looked at as the user whose job it is.
import { loadCatalog } from '@galaxy-mesos/parallelism';
import { Parent } from '../../child/parent.ts';
import { messageOf } from '../../job-error.ts';
import type { TreesEnd, TreesOrder } from './join-order.ts';
import { joinTrees } from './join-trees.ts';

const parent = new Parent();
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort(new Error('was told to stop')));

async function join(order: TreesOrder): Promise<string | undefined> {
  return joinTrees(order, await loadCatalog(order.modules), AbortSignal.any([stop.signal, parent.gone]));
}

const end: TreesEnd = await join((await parent.order()) as TreesOrder).then(
  (leftOut) => ({ ...(leftOut !== undefined && { leftOut }) }),
  (error: unknown) => ({ message: messageOf(error) }),
);
await parent.tell(end);
process.exit();
