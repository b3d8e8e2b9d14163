// The program that plans jobs that are split. A process of its own, because files of any size are read for it, and what
// users write is computed; and because it runs as the user whose job it is, who may not read what others may.
// It does not hear SIGTERM, which therefore ends it in whatever it does.
import { checkSplit, dataOfError, loadCatalog, planJob } from '@galaxy-mesos/parallelism';
import { Parent } from '../child/parent.ts';
import { foldedPart } from './folded-part.ts';
import { PartBatches } from './part-batches.ts';
import type { PlanNews, PlanOrder, TookAnswer } from './plan-messages.ts';
import { SidecarFile } from './sidecar-file.ts';

/** The file that the parent has opened for it. */
const sidecarDescriptor = 3;
/** In milliseconds; progress is told to people. */
const betweenProgress = 100;
const betweenBeats = 1000;

const parent = new Parent();
const tell = (news: PlanNews): Promise<void> => parent.tell(news);

async function plan({ job, facts, modules, sidecar: place }: PlanOrder & { type: 'plan' }): Promise<void> {
  const sidecar = new SidecarFile(place, sidecarDescriptor);
  const batches = new PartBatches(async (parts) => {
    await sidecar.sync();
    await tell({ type: 'parts', parts: [...parts] });
  });
  let toldAt = 0;
  const context = {
    ...facts,
    sidecar,
    signal: parent.gone,
    onProgress: (read: number, size: number) => {
      if (read < size && performance.now() - toldAt < betweenProgress) return;
      toldAt = performance.now();
      void tell({ type: 'progress', read, size });
    },
    took: async (index: number) => {
      await batches.flush();
      return ((await parent.ask({ type: 'took', index })) as TookAnswer).seconds;
    },
  };
  const { parts, ...chosen } = await planJob(job, context, await loadCatalog(modules));
  await tell({ type: 'chosen', ...chosen } as PlanNews);
  for await (const part of parts) await batches.add(await foldedPart(job, part, sidecar));
  await batches.flush();
}

async function work(order: PlanOrder): Promise<void> {
  if (order.type === 'plan') await plan(order);
  else await checkSplit(order.job, await loadCatalog(order.modules));
}

setInterval(() => void tell({ type: 'alive' }), betweenBeats).unref();
const error = await work((await parent.order()) as PlanOrder).then(
  () => undefined,
  (thrown: unknown) => dataOfError(thrown),
);
await tell({ type: 'end', ...(error && { error }) });
process.exit();
