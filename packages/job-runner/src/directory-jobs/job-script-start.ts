import { containerCommand, containerStatuses, type Job } from '@galaxy-mesos/galaxy-jobs';
import { directoryTaskStatuses as statuses } from './statuses.ts';

/**
 * The functions of the attempt script that become the job script, in the job's image if it has one, and that judge an
 * end without an exit code. The links in the tree lead to the job directory where that is shared.
 */
export function jobScriptStart(job: Job, mode: 'shared' | 'http'): string {
  const { container } = job;
  if (!container) return startFunction('bash "$own/job_script.sh"') + noContainer;
  const mounts = [
    { path: '"$attempt"' },
    { path: mode === 'shared' ? '"$job_directory"' : '"$own"', readOnly: true },
  ];
  const command = containerCommand({
    container,
    command: '/bin/bash "$own/job_script.sh"',
    mounts,
    workingDirectory: '"$tree/working"',
    home: '"$tree/home"',
    name: '"$GALAXY_MESOS_ATTEMPT_ID"',
    environment: Object.keys(job.environment),
    gpus: (job.resources.gpus ?? 0) > 0,
  });
  return startFunction(command) + judgeContainer;
}

const startFunction = (command: string): string => `
become_job_script() {
  exec ${command}
}
`;

const noContainer = `
judge_container() { :; }
`;

const judgeContainer = `
# judge_container STATUS CODE: what the program that runs containers says of an end, unless the tool's own exit code is
# that by chance. It has written a line about it.
judge_container() {
  [[ $1 != "$2" ]] || return 0
  [[ $2 || $1 != ${containerStatuses.unavailable} ]] || leave ${containerStatuses.unavailable}
  [[ $1 != ${containerStatuses.outOfMemory} ]] || leave ${statuses.outOfMemory}
}
`;
