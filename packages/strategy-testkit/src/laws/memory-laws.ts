import assert from 'node:assert/strict';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { PlanInput, Strategy } from '@galaxy-mesos/parallelism';
import { type Law, lawIn } from '../law.ts';
import { layOut } from '../sample.ts';
import type { StrategyClaims } from '../strategy-laws.ts';

/** What the thread that plans is asked to do. */
export interface PlanErrand {
  readonly modules: readonly string[];
  readonly strategy: string;
  readonly inputs: readonly PlanInput[];
  readonly parameters: unknown;
  readonly directory: string;
}

const isSource = import.meta.url.endsWith('.ts');
// The bundler puts this into the one file beside which the worker's is.
const worker = fileURLToPath(new URL(isSource ? '../plan-worker.ts' : 'plan-worker.js', import.meta.url));
const execArgv = isSource
  ? ['--conditions=@galaxy-mesos/source', '--disable-warning=ExperimentalWarning']
  : [];

/** Where nobody says it; half of what the program has that plans jobs. */
const defaultMegabytes = 128;

/** Memory does not grow with the input. */
export const memoryLaws = ({ name }: Strategy, { memory }: StrategyClaims): readonly Law[] =>
  memory === undefined
    ? []
    : [
        lawIn(`${name} plans ${memory.sample.title} in little memory`, async (directory) => {
          const { modules = [], sample, megabytes = defaultMegabytes } = memory;
          const inputs = await layOut(sample, directory);
          const errand: PlanErrand = {
            ...{ modules, strategy: name, inputs, directory },
            parameters: sample.parameters ?? {},
          };
          const thread = new Worker(worker, {
            workerData: errand,
            execArgv,
            resourceLimits: { maxOldGenerationSizeMb: megabytes, maxYoungGenerationSizeMb: 16 },
          });
          // Rejects with what ended it, such as the heap that it had.
          const [{ parts, bufferBytes }] = await once(thread, 'message');
          await thread.terminate();
          assert(parts > 0, 'expected at least one part');
          const used = Math.ceil(bufferBytes / 2 ** 20);
          assert(used <= megabytes, `expected buffers of at most ${megabytes} MiB, found ${used}`);
        }),
      ];
