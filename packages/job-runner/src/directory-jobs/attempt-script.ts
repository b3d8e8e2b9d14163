import path from 'node:path';
import { type Job, splitAtPath } from '@galaxy-mesos/galaxy-jobs';
import { quoteForShell } from '@galaxy-mesos/parallelism';
import { jobScriptStart } from './job-script-start.ts';
import { attemptsPath, claimFile, partsPath, preparedAttempt } from './layout.ts';
import { commonFunctions } from './script/common.ts';
import { fetchFunctions } from './script/fetch.ts';
import { finishFunctions } from './script/finish.ts';
import { partFunctions } from './script/part.ts';
import { requestFunctions } from './script/request.ts';
import { runFunctions } from './script/run.ts';
import { sendFunctions } from './script/send.ts';
import { sharedTreeFunctions, translateFunctions } from './script/tree.ts';
import type { DirectoryStaging } from './staging.ts';
import { stagingUrl } from './staging.ts';

/** How long an attempt tries to reach the daemon, in seconds: its work may have taken days. */
const defaultPatience = 6 * 3600;

// One call at the very end, so that half a script does nothing.
const mainFunctions = `
main() {
  shopt -s nullglob dotglob
  make_tree
  take_part
  translate_in
  run_job_script
  settle
  translate_out
  bring_back
  leave 0
}
main
`;

/**
 * The script that every attempt at a directory job runs, in its sandbox: makes the attempt's tree, runs the job script
 * in it, and leaves there, or brings to the daemon, what it has made. It needs bash, the programs of coreutils and,
 * without a shared file system, curl.
 */
export function renderAttemptScript(job: Job, controlDirectory: string, staging: DirectoryStaging): string {
  const directory = job.directory ?? '';
  return [
    '#!/bin/bash',
    '# Made by galaxy-mesos: an attempt at a job that has a directory.',
    `mode=${staging.mode}`,
    `job_directory=${quoteForShell(directory)}`,
    'part=$1',
    `outside=(${outsideInputs(job).map(quoteForShell).join(' ')})`,
    'layout=(inputs working outputs configs tool_files metadata)',
    'cd -P .',
    'sandbox=$PWD',
    ...(staging.mode === 'shared' ? sharedLines(controlDirectory) : httpLines(job, staging)),
    `tree=$attempt/${quoteForShell(path.basename(directory))}`,
    'stopped= kept= pid= paths=() links=()',
    "high=$'\\x80-\\xff'",
    'trap on_stop TERM INT HUP',
    // The tree's path in the place of the job directory's, as translate puts it there.
    `job_script=${splitAtPath(job.command, directory).map(quoteForShell).join('$tree')}`,
    commonFunctions,
    ...(staging.mode === 'shared'
      ? [sharedTreeFunctions, sharedFunctions]
      : [requestFunctions, fetchFunctions, sendFunctions, httpFunctions]),
    partFunctions,
    translateFunctions,
    jobScriptStart(job, staging.mode),
    runFunctions,
    finishFunctions,
    mainFunctions,
  ].join('\n');
}

/** The inputs of a job that is cut that are not in its directory, each followed by where a part has its slice. */
const outsideInputs = ({ inputs, directory = '' }: Job): string[] =>
  inputs.flatMap((input) => (input.path.startsWith(`${directory}/`) ? [] : [input.path, input.partName]));

// Of attempts that want the prepared tree, one can make a file that is not there. Another user could not write into it.
const sharedLines = (controlDirectory: string): string[] => [
  `attempts=${quoteForShell(attemptsPath(controlDirectory))}`,
  `part_file=${quoteForShell(partsPath(controlDirectory))}/$part`,
  'attempt=$attempts/$GALAXY_MESOS_ATTEMPT_ID prepared=',
  `if [[ -O $attempts/${preparedAttempt} && ! -e $attempts/${preparedAttempt}/${claimFile} ]]; then`,
  '  set -C',
  `  { printf %s "$GALAXY_MESOS_ATTEMPT_ID" >"$attempts/${preparedAttempt}/${claimFile}"; } 2>/dev/null &&`,
  `    attempt=$attempts/${preparedAttempt} prepared=yes`,
  '  set +C',
  'fi',
  'own=$attempt',
];

const sharedFunctions = `
was_given() { return 1; }
bring_back() { :; }
`;

const httpFunctions = `
bring_back() { send_outputs; }
`;

const httpLines = (job: Job, staging: DirectoryStaging & { mode: 'http' }): string[] => [
  'attempt=$sandbox/job',
  'own=$sandbox/.galaxy-mesos-directory-job',
  `url=${quoteForShell(stagingUrl(job, staging))}`,
  `patience=${staging.patienceSeconds ?? defaultPatience}`,
  'secret=$GALAXY_MESOS_STAGING_SECRET',
  'unset GALAXY_MESOS_STAGING_SECRET',
  'declare -A given=()',
];
