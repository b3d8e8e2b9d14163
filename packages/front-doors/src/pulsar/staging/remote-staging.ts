import { z } from 'zod';

/** How a file gets from Galaxy to here before the run, or back after it. */
export const stagingActionSchema = z.looseObject({
  action_type: z.string(),
  path: z.string().nullish(),
  source: z.looseObject({ path: z.string().nullish() }).nullish(),
  url: z.string().nullish(),
  contents: z.string().nullish(),
});

/** A file to be fetched before the run: its type and name here, and how it comes. */
const setupActionSchema = z.object({ name: z.string(), type: z.string(), action: stagingActionSchema });

/** Which paths of Galaxy's are moved how; the first that fits counts. */
const pathMapperSchema = z.looseObject({
  path: z.string().exactOptional(),
  match_type: z.enum(['prefix', 'glob', 'regex', 'path_type_only']).exactOptional(),
  path_types: z.string().exactOptional(),
  action: z.string().default('transfer'),
});

/** Galaxy's `file_actions`. */
export const actionMapperSchema = z.looseObject({
  default_action: z.string().default('transfer'),
  files_endpoint: z.string().nullish(),
  paths: z.array(pathMapperSchema).default([]),
});

/** A way in which Galaxy finds files after the run that it did not know of before. */
const collectorSchema = z.looseObject({
  pattern: z.string().nullish(),
  directory: z.string().nullish(),
  match_relative_path: z.boolean().nullish(),
});

/** What Galaxy expects of a job, by its own paths. */
export const clientOutputsSchema = z.looseObject({
  working_directory: z.string().nullish(),
  metadata_directory: z.string().nullish(),
  job_directory: z.string().nullish(),
  work_dir_outputs: z.array(z.tuple([z.string(), z.string()])).nullish(),
  output_files: z.array(z.string()).nullish(),
  version_file: z.string().nullish(),
  dynamic_outputs: z.array(z.string()).nullish(),
  dataset_collector_descriptions: z.array(collectorSchema).nullish(),
});

/** What is to be moved from here, before the run and after it. */
export const remoteStagingSchema = z.object({
  setup: z.array(setupActionSchema).default([]),
  action_mapper: actionMapperSchema.exactOptional(),
  client_outputs: clientOutputsSchema.exactOptional(),
});

/** See {@link stagingActionSchema}. */
export type StagingAction = z.infer<typeof stagingActionSchema>;
/** See {@link actionMapperSchema}. */
export type ActionMapperSettings = z.infer<typeof actionMapperSchema>;
/** See {@link clientOutputsSchema}. */
export type ClientOutputs = z.infer<typeof clientOutputsSchema>;
/** See {@link remoteStagingSchema}. */
export type RemoteStaging = z.infer<typeof remoteStagingSchema>;
