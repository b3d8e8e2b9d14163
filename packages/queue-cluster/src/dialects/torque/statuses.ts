import type {
  BatchJobReport,
  BatchJobState,
  QueueAnswer,
  QueueCommand,
  StatusOutcome,
  StatusQuery,
} from '../dialect.ts';
import { complete, stateOf, userJobs } from '../pbs/statuses.ts';
import { endOfTorque } from './endings.ts';
import { type Fields, readXml } from './xml.ts';

/** Asks for all jobs of the user; those that have ended stay for some minutes (`keep_completed`). */
export const statusOfTorque = ({ user }: StatusQuery): QueueCommand => ({
  program: 'sh',
  arguments: ['-c', userJobs('qstat -x', '<Data/>'), 'sh', user],
});

/** What `qstat -x` said, from the documentation of Torque: `<Data><Job><Job_Id>...</Job>...</Data>`. */
export const statusesOfTorque = (answer: QueueAnswer): StatusOutcome =>
  complete(
    answer,
    readXml(answer.stdout, 'Job')?.flatMap((job) => reportOf(job) ?? []),
  );

function reportOf(job: Fields): BatchJobReport | undefined {
  const id = job.get('Job_Id');
  if (id === undefined || id === '') return undefined;
  const name = job.get('Job_Name');
  const state = stateOf(
    {
      letter: job.get('job_state') ?? '',
      holds: job.get('Hold_Types'),
      comment: job.get('comment'),
      node: job.get('exec_host')?.split('/')[0],
      exitStatus: numberOf(job.get('exit_status') ?? job.get('Exit_status')),
    },
    endOfTorque,
  );
  return {
    id,
    ...(name === undefined ? {} : { name }),
    state: state.kind === 'running' ? timed(state, job) : state,
  };
}

function timed(state: BatchJobState, job: Fields): BatchJobState {
  const started = numberOf(job.get('start_time'));
  if (started === undefined) return state;
  const times = { startedAt: started * 1000 };
  const walltime = secondsOf(job.get('Resource_List.walltime'));
  return { ...state, ...times, ...(walltime === undefined ? {} : { endsAt: (started + walltime) * 1000 }) };
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d{1,12}$/.test(text) ? Number(text) : undefined;

/** Of `H:MM:SS`, or seconds. */
const secondsOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,8}(?::\d\d){0,2}$/.test(text)
    ? text.split(':').reduce((seconds, part) => seconds * 60 + Number(part), 0)
    : undefined;
