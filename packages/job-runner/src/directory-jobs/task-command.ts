import type { Job } from '@galaxy-mesos/galaxy-jobs';
import { quoteForShell } from '@galaxy-mesos/parallelism';
import { guard } from '../task-script.ts';
import { attemptScriptPath } from './layout.ts';
import { bootstrapFile, type DirectoryStaging, secretVariable, stagingUrl } from './staging.ts';
import { directoryTaskStatuses as statuses } from './statuses.ts';

/**
 * What the scheduler runs for a directory job, whose attempt script is in its control directory.
 * @param part the name of the part's file, where the job is cut
 */
export function directoryTaskCommand(
  job: Job,
  controlDirectory: string,
  staging: DirectoryStaging,
  part?: string,
): string {
  const words = part === undefined ? '' : ` ${part}`;
  const needsBash = requireProgram('bash', statuses.noBash);
  if (staging.mode === 'http') {
    return [needsBash, requireProgram('curl', statuses.noCurl), `${fetchAndRun(job, staging)}${words}`].join(
      '\n',
    );
  }
  const script = quoteForShell(attemptScriptPath(controlDirectory));
  return [guard(controlDirectory, script), needsBash, `exec bash ${script}${words}`].join('\n');
}

/**
 * What a task needs in its environment besides. The secret is there and not in the command, because everybody on an
 * agent can list the commands that run, but only the task's own user their environment.
 */
export const directoryTaskEnvironment = (
  staging: DirectoryStaging,
  secret: string,
): Readonly<Record<string, string>> => (staging.mode === 'http' ? { [secretVariable]: secret } : {});

const requireProgram = (name: string, status: number): string =>
  `command -v ${name} >/dev/null || { echo 'galaxy-mesos: there is no ${name} on this agent' >&2; exit ${status}; }`;

/**
 * Fetches the attempt script until that succeeds or makes no sense any more, and becomes it. Why it cannot is told at
 * once, or a job would seem to run for an hour. curl reads the secret from its standard input.
 */
const fetchAndRun = (job: Job, staging: DirectoryStaging & { mode: 'http' }): string => {
  const patience = staging.patienceSeconds ?? 3600;
  const refused = `{ echo "galaxy-mesos: the daemon refuses this attempt ($code)" >&2; exit ${statuses.refused}; }`;
  const failed = `{ echo "galaxy-mesos: the daemon could not be reached for ${patience} s: $words" >&2; exit ${statuses.transferFailed}; }`;
  return `file=${bootstrapFile}
delay=1
began=$(date +%s)
while :; do
  code=$({ printf 'header = "authorization: Bearer %s"\\n' "$${secretVariable}"
    printf 'header = "galaxy-mesos-attempt: %s"\\n' "$GALAXY_MESOS_ATTEMPT_ID"; } |
    curl -q -sS -g --connect-timeout 20 --speed-limit 1 --speed-time 120 -K - -o $file -w '%{http_code}' \\
      ${quoteForShell(`${stagingUrl(job, staging)}/script`)} 2>.galaxy-mesos-curl.log) && [ "$code" = 200 ] && break
  case $code in 401|403|404|410) ${refused};; esac
  words=$(head -n 1 .galaxy-mesos-curl.log)
  words=\${words:-it answers $code}
  [ $(($(date +%s) - began)) -le ${patience} ] || ${failed}
  [ "$words" = "\${told:-}" ] || echo "galaxy-mesos: the daemon cannot be reached, trying again: $words" >&2
  told=$words
  sleep $delay
  [ $delay -gt 15 ] || delay=$((delay * 2))
done
rm -f .galaxy-mesos-curl.log
exec bash ./$file`;
};
