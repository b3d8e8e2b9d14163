import path from 'node:path';
import { nameOfModule } from '@galaxy-mesos/job-runner';
import type { Configuration } from './schema.ts';

/** A configuration whose paths are relative to the directory of its file, with absolute ones. */
export function withAbsolutePaths(configuration: Configuration, directory: string): Configuration {
  const absolute = (file: string): string => path.resolve(directory, file);
  const { state, tls, tokens, mesos, clusters, pulsar, api, strategies } = configuration;
  return {
    ...configuration,
    ...(state !== undefined && { state: absolute(state) }),
    ...(tls && { tls: { certificate: absolute(tls.certificate), key: absolute(tls.key) } }),
    tokens: Object.fromEntries(
      Object.entries(tokens).map(([name, { file, ...token }]) => [
        name,
        { ...token, ...(file !== undefined && { file: absolute(file) }) },
      ]),
    ),
    mesos: { ...mesos, ...(mesos.secret_file !== undefined && { secret_file: absolute(mesos.secret_file) }) },
    clusters: Object.fromEntries(
      Object.entries(clusters).map(([name, { file }]) => [name, { file: absolute(file) }]),
    ),
    pulsar: {
      ...pulsar,
      ...(pulsar.file_cache !== undefined && { file_cache: absolute(pulsar.file_cache) }),
    },
    strategies: strategies.map((module) => nameOfModule(module, absolute)),
    api: { ...api, directories: api.directories.map(absolute) },
  };
}
