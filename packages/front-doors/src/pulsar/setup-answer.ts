import { join, sep } from 'node:path';
import { jobDirectoryLayout as layout } from '@galaxy-mesos/galaxy-jobs';
import type { GalaxyOnAgents } from './describe-job.ts';
import type { JobRecord } from './job-record.ts';

/**
 * The version of Pulsar whose protocol this is. Galaxy refuses what is too old for it, and from 0.15.13 on tells how
 * it will find the datasets of a collection.
 */
export const pulsarVersion = '0.16.0';

/** What Galaxy may know of this side: the separator, and where a Galaxy is that could collect metadata. */
export const systemProperties = (galaxy: GalaxyOnAgents = {}): Readonly<Record<string, string>> => ({
  separator: sep,
  ...(galaxy.home ? { galaxy_home: galaxy.home } : {}),
  ...(galaxy.virtualEnvironment ? { galaxy_virtual_env: galaxy.virtualEnvironment } : {}),
});

/** Where everything of a job is to go; Galaxy writes its command line by it. */
export const setupAnswer = (record: JobRecord, directory: string, galaxy?: GalaxyOnAgents) => ({
  job_directory: directory,
  working_directory: join(directory, layout.working),
  metadata_directory: join(directory, layout.metadata),
  outputs_directory: join(directory, layout.outputs),
  configs_directory: join(directory, layout.configs),
  tools_directory: join(directory, layout.toolFiles),
  inputs_directory: join(directory, layout.inputs),
  unstructured_files_directory: join(directory, layout.unstructured),
  path_separator: sep,
  job_id: record.id,
  system_properties: systemProperties(galaxy),
  pulsar_version: pulsarVersion,
  preserve_galaxy_python_environment: null,
  ...(record.toolId ? { tool_id: record.toolId } : {}),
  ...(record.toolVersion ? { tool_version: record.toolVersion } : {}),
});
