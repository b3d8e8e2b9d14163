import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { builtIn, type Catalog } from './catalog.ts';
import { contributedMerge, contributedStrategy } from './contributed.ts';
import { contributionOf } from './contribution.ts';
import { PlanError } from './plan-error.ts';

/**
 * The built-in catalog with what modules bring, in their order. Runs their code: see to it that this process may.
 * @param modules file URLs or absolute paths of ES modules whose default export is a {@link Contribution}
 * @throws PlanError INVALID_CONTRIBUTION
 */
export async function loadCatalog(modules: readonly string[]): Promise<Catalog> {
  let catalog = builtIn;
  for (const given of modules) {
    const module = given.startsWith('file:') ? fileURLToPath(given) : given;
    const contribution = contributionOf(module, await defaultExportOf(module));
    refuseTaken(module, 'strategy', contribution.strategies, catalog.strategies);
    refuseTaken(module, 'merge', contribution.merges, catalog.merges);
    catalog = {
      strategies: [
        ...catalog.strategies,
        ...contribution.strategies.map((one) => contributedStrategy(one, module)),
      ],
      merges: [...catalog.merges, ...contribution.merges.map((one) => contributedMerge(one, module))],
    };
  }
  return catalog;
}

async function defaultExportOf(module: string): Promise<unknown> {
  const url = isAbsolute(module) ? pathToFileURL(module).href : module;
  let namespace: { readonly default?: unknown };
  try {
    namespace = await import(url);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = `${module} cannot be loaded as an ES module: ${reason}`;
    throw new PlanError('INVALID_CONTRIBUTION', text, { cause: error });
  }
  return namespace.default;
}

type Named = readonly { readonly name: string }[];

/** Also of two that have one name in the same module. */
function refuseTaken(module: string, kind: 'strategy' | 'merge', brought: Named, known: Named): void {
  const names = brought.map(({ name }) => name);
  const taken = names.find(
    (name, index) => names.indexOf(name) < index || known.some((one) => one.name === name),
  );
  if (taken === undefined) return;
  const text = `${module}: there is a ${kind} ${JSON.stringify(taken)} already; give this one another name`;
  throw new PlanError('INVALID_CONTRIBUTION', text);
}
