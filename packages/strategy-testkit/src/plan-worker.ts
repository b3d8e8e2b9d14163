import { parentPort, workerData } from 'node:worker_threads';
import { loadCatalog, readyStrategy } from '@galaxy-mesos/parallelism';
import { planIn } from './carry-out.ts';
import type { PlanErrand } from './laws/memory-laws.ts';

// A thread with a heap of its own: what does not fit ends it. Buffers lie outside of the heap, and are counted.
const { modules, strategy: name, inputs, parameters: given, directory } = workerData as PlanErrand;
const catalog = await loadCatalog(modules);
const { strategy, parameters } = readyStrategy({ strategy: name, parameters: given }, inputs.length, catalog);
let most = 0;
const look = (): void => {
  most = Math.max(most, process.memoryUsage().arrayBuffers);
};
let parts = 0;
for await (const _ of await planIn({ strategy, inputs, parameters, directory }, { onProgress: look })) {
  parts += 1;
  look();
}
parentPort?.postMessage({ parts, bufferBytes: most });
