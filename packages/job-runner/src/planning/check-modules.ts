import { isModulePath, PlanError, resolveModule } from '@galaxy-mesos/parallelism';
import type { FileOwner } from '../deliver-as.ts';
import { checkHere } from './plan-here.ts';

/** Contributors' modules as they are named, and who is to load them. */
export interface NamedModules {
  /** Paths, or names of packages. */
  readonly names: readonly string[];
  /** Where relative paths begin, and where packages are looked for. */
  readonly directory: string;
  /** As whom they are loaded; absent: as the user of this process. */
  readonly owner?: FileOwner | undefined;
  readonly signal: AbortSignal;
}

/** Modules are small; one that takes longer waits for something that does not come. In milliseconds. */
const patience = 30_000;

/**
 * Finds contributors' modules, and has a program of its own load them once, which is all that ever runs their code.
 * @returns file URLs, for `runJob` and `JobRunner`
 * @throws PlanError INVALID_CONTRIBUTION that names the module and what is wrong with it, or the reason of the signal
 */
export async function checkModules({
  names,
  directory,
  owner,
  signal,
}: NamedModules): Promise<readonly string[]> {
  const modules = await Promise.all(names.map((name) => resolveModule(name, directory)));
  if (modules.length === 0) return modules;
  const late = AbortSignal.timeout(patience);
  const job = { inputs: [], outputs: [] };
  try {
    await checkHere({ job, modules, owner, signal: AbortSignal.any([signal, late]) });
  } catch (error) {
    signal.throwIfAborted();
    if (!late.aborted) throw error;
    const text = `${names.join(', ')}: not loaded within ${patience / 1000} s`;
    throw new PlanError('INVALID_CONTRIBUTION', text, { cause: error });
  }
  return modules;
}

/** A name as one that holds wherever it is read: paths are made absolute. */
export const nameOfModule = (given: string, absolute: (path: string) => string): string =>
  isModulePath(given) ? absolute(given) : given;
