import {
  isContainerCommand,
  type Job,
  type ResourceRules,
  renderJobScript,
  resourcesOfParameters,
} from '@galaxy-mesos/galaxy-jobs';
import { FrontDoorError } from '../access/front-door-error.ts';
import { shown } from '../files/safe-name.ts';
import type { JobRecord, Submission } from './job-record.ts';
import type { JobParts } from './split-job.ts';

/** What is known of a job when it is to be run. */
export interface SubmittedJob {
  /** For whoever runs jobs. */
  readonly id: string;
  readonly directory: string;
  readonly record: JobRecord;
  readonly submission: Submission;
  /** How it is cut, if it is. */
  readonly parts: JobParts;
}

/** A Galaxy on the agents, for destinations that have metadata collected there. */
export interface GalaxyOnAgents {
  /** Its root directory. */
  readonly home?: string;
  readonly virtualEnvironment?: string;
}

/**
 * What Galaxy is to do with a job that ran out of memory or time, by the destination's `submit_on_limit`: tell its
 * user why (the default), or do what `resubmit` of the destination says.
 */
export const onLimitChoices = ['explain', 'resubmit'] as const;
const onLimitName = 'on_limit';

/**
 * Makes the job that is run of what Galaxy submitted. What it throws is why the job fails.
 *
 * @throws JobDescriptionError, FrontDoorError `BAD_REQUEST`
 */
export function describeJob(
  { id, directory, record, submission, parts }: SubmittedJob,
  {
    rules,
    galaxy,
  }: { readonly rules: ResourceRules | undefined; readonly galaxy?: GalaxyOnAgents | undefined },
): Job {
  const { [onLimitName]: _onLimit, ...parameters } = submission.parameters;
  onLimit(submission);
  const { container, ...requested } = resourcesOfParameters(parameters, {
    ...(rules ? { rules } : {}),
    ...(record.toolId ? { toolId: record.toolId } : {}),
  });
  return {
    id,
    name: record.toolId ? `${record.toolId} (${record.id})` : record.id,
    command: renderJobScript({
      directory,
      command: submission.commandLine,
      environment: submission.environment,
      ...(galaxy ? { galaxy } : {}),
    }),
    shell: '/bin/bash',
    ...parts,
    environment: {},
    // What tools end with is no reason to try again: Galaxy judges that.
    retries: 0,
    stdio: { exitCodes: [], failOnStderr: false, failOnPhrases: [] },
    directory,
    owner: record.owner,
    ...requested,
    // Galaxy may have put the command into a container of its own choice already.
    ...(container && !isContainerCommand(submission.commandLine) ? { container } : {}),
  };
}

/**
 * See {@link onLimitChoices}.
 *
 * @throws FrontDoorError `BAD_REQUEST`
 */
export function onLimit({ parameters }: Submission): (typeof onLimitChoices)[number] {
  const given = parameters[onLimitName] ?? '';
  if (given === '') return 'explain';
  const found = onLimitChoices.find((choice) => choice === given);
  if (found) return found;
  const message = `submit_${onLimitName}: ${shown(String(given))} is neither of ${onLimitChoices.join(', ')}`;
  throw new FrontDoorError('BAD_REQUEST', message, { fields: [{ field: `submit_${onLimitName}`, message }] });
}
