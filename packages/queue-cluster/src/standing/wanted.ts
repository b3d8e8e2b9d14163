import { z } from 'zod';
import type { Wanted } from '../pools/news.ts';
import { QueueClusterError } from '../queue-cluster-error.ts';
import { readIfThere, replaceAfter, systemCodeOf } from './atomic-file.ts';
import { Overtaken, withExclusiveFile } from './exclusive-file.ts';
import { parseJson, printJson, readJson, writeJson } from './json-file.ts';
import { clusterFile } from './paths.ts';

const count = z.int().min(0).max(100_000);

const wantedPoolSchema = z.object({
  min: count,
  max: count,
  agents: count.exactOptional(),
  first: count.exactOptional(),
});

const wantedSchema: z.ZodType<Wanted> = z.object({
  state: z.enum(['up', 'draining', 'down']),
  pools: z.record(z.string(), wantedPoolSchema),
  at: z.number(),
});

/**
 * What is wanted of the cluster in this directory; undefined where nobody has said so.
 * @throws QueueClusterError DAMAGED
 */
export function readWanted(directory: string): Promise<Wanted | undefined> {
  return readJson(clusterFile(directory, 'wanted'), wantedSchema);
}

/**
 * What is wanted from now on, by what was wanted before, if anybody has said so. `at` is another time than before, by
 * which paused pools are tried again. Undefined: as before.
 */
export type WantedChange = (before: Wanted | undefined, at: number) => Wanted | undefined;

/**
 * Changes what is wanted: of several programs that do, each sees what the one before has said. It is on the disk when
 * this resolves; what `change` throws leaves it as it is.
 * @throws QueueClusterError DAMAGED, NO_SPACE; UNKNOWN_CLUSTER if its directory is gone
 */
export function changeWanted(directory: string, change: WantedChange): Promise<Wanted | undefined> {
  return changeWantedWith(directory, async (before, at, say) => {
    const after = change(before, at);
    if (after === undefined) return before;
    await say(after);
    return after;
  });
}

/** What is done while nobody else may say what is wanted: `say` does. */
type WantedAct<T> = (
  before: Wanted | undefined,
  at: number,
  say: (after: Wanted) => Promise<void>,
  isOurs: () => Promise<boolean>,
) => Promise<T>;

/**
 * Does something while nobody else may say what is wanted.
 * @throws QueueClusterError DAMAGED, NO_SPACE; UNKNOWN_CLUSTER if its directory is gone
 */
export async function changeWantedWith<T>(directory: string, act: WantedAct<T>): Promise<T> {
  const path = clusterFile(directory, 'wanted');
  try {
    return await withExclusiveFile(`${path}.lock`, async (isOurs) => {
      const text = await readIfThere(path);
      const before = text === undefined ? undefined : parseJson(path, text, wantedSchema);
      const say = (after: Wanted) =>
        replaceAfter(path, printJson(after), async () => {
          // Whoever took so long that others took it for dead begins anew.
          if (!(await isOurs()) || (await readIfThere(path)) !== text) throw new Overtaken();
        });
      return act(before, Math.max(Date.now(), (before?.at ?? 0) + 1), say, isOurs);
    });
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
    throw new QueueClusterError('UNKNOWN_CLUSTER', `there is no cluster in ${directory}`, { cause: error });
  }
}

/** Says what is wanted, whatever was wanted before; it is on the disk when this resolves. */
export function writeWanted(directory: string, wanted: Wanted): Promise<void> {
  return writeJson(clusterFile(directory, 'wanted'), wanted);
}
