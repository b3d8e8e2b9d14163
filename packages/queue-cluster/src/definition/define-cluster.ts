import { QueueClusterError } from '../queue-cluster-error.ts';
import type { ClusterDefinition } from './definition.ts';
import { type ReadLayer, readLayer } from './layer.ts';
import { type ClusterOptions, optionsLayer } from './options.ts';
import type { DefinitionProblem } from './problem.ts';
import { settle } from './settle.ts';

/** The text of a file, and its name for messages. */
export interface DefinitionFile {
  readonly text: string;
  readonly name: string;
}

/** All that is said of a cluster. */
export interface ClusterDescription {
  readonly name: string;
  readonly options: ClusterOptions;
  readonly file?: DefinitionFile;
  /** The settings of the site, the nearest first: the user's, then the machine's. */
  readonly sites: readonly DefinitionFile[];
}

/**
 * What a cluster is to be: options overrule its file, which overrules the settings of the site.
 * @throws QueueClusterError `INVALID_DEFINITION`: a line for each mistake, with where it stands.
 */
export function defineCluster({ name, options, file, sites }: ClusterDescription): ClusterDefinition {
  const read: readonly ReadLayer[] = [
    optionsLayer(options, file !== undefined),
    ...(file ? [readLayer(file.text, file.name, 'cluster')] : []),
    ...sites.map((site) => readLayer(site.text, site.name, 'site')),
  ];
  refuse(read.flatMap(({ problems }) => problems));
  const { definition, problems } = settle(
    name,
    read.flatMap(({ layer }) => (layer ? [layer] : [])),
  );
  refuse(problems);
  // It is there where nothing is wrong.
  if (!definition) throw new TypeError('there is neither a definition nor a problem');
  return definition;
}

function refuse(problems: readonly DefinitionProblem[] | undefined): void {
  if (problems === undefined || problems.length === 0) return;
  const lines = problems.map(({ place, text }) => `${place}: ${text}`);
  throw new QueueClusterError('INVALID_DEFINITION', lines.join('\n'));
}
