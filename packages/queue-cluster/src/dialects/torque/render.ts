import type { BatchJobRequest } from '../dialect.ts';
import { rendered } from '../pbs/render.ts';

/** As for PBS, but Torque has nodes and processors, and no output that is written in place. */
export function renderTorque(request: BatchJobRequest): string {
  const { cpus, memMb, gpus } = request;
  const node = [`1:ppn=${Math.ceil(cpus)}`, ...(gpus > 0 ? [`gpus=${gpus}`] : [])];
  return rendered(request, [`-l nodes=${node.join(':')}`, `-l mem=${Math.ceil(memMb)}mb`], 't');
}
