import { environmentEntriesSchema } from '@galaxy-mesos/galaxy-jobs';
import { z } from 'zod';
import { FrontDoorError } from '../access/front-door-error.ts';
import { dynamicFileSourceSchema, type Submission, setupParametersSchema } from './job-record.ts';
import { jsonParameter, readQuery } from './read-query.ts';
import { remoteStagingSchema } from './staging/remote-staging.ts';

const submitQuerySchema = z.object({
  command_line: z.string().min(1),
  params: jsonParameter(z.record(z.string(), z.unknown()), {}),
  // Nothing is installed here for a job: its tools are on the agents, or in the container that Galaxy's command runs.
  dependencies_description: jsonParameter(z.looseObject({}), {}),
  setup_params: jsonParameter(setupParametersSchema.nullable(), null),
  remote_staging: jsonParameter(remoteStagingSchema, {}),
  env: jsonParameter(environmentEntriesSchema, []),
  submit_extras: jsonParameter(z.looseObject({ touch_outputs: z.array(z.string()).default([]) }), {}),
  dynamic_file_sources: jsonParameter(z.array(dynamicFileSourceSchema), []),
  cvmfsexec: jsonParameter(z.unknown(), undefined),
});

/** What came with `submit`. */
export interface SubmitRequest {
  readonly submission: Submission;
  /** The job is to be set up at once, because Galaxy did not ask for that before. */
  readonly setup?: z.infer<typeof setupParametersSchema>;
}

/**
 * Reads the parameters of `submit`.
 *
 * @throws FrontDoorError `BAD_REQUEST` names the parameter that is wrong, `UNSUPPORTED` what is not done here
 */
export function readSubmit(query: unknown): SubmitRequest {
  const read = readQuery(submitQuerySchema, query);
  if (read.cvmfsexec !== undefined) {
    const message = 'cvmfsexec is not done here: mount CVMFS on the agents, or take it from the destination';
    throw new FrontDoorError('UNSUPPORTED', message, { fields: [{ field: 'cvmfsexec', message }] });
  }
  const submission: Submission = {
    commandLine: read.command_line,
    parameters: read.params,
    environment: read.env,
    remoteStaging: read.remote_staging,
    dynamicFileSources: read.dynamic_file_sources,
    touchOutputs: read.submit_extras.touch_outputs,
    isSplit: false,
  };
  return read.setup_params ? { submission, setup: read.setup_params } : { submission };
}
