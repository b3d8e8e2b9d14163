import type { mesos } from '@galaxy-mesos/mesos-client';
import type { AttemptState, AttemptUpdate } from '@galaxy-mesos/scheduler';

/** How Mesos's executors tell a command's exit code: in words only, no field carries it. */
const exitMessage = /^(?:Command|Container) exited with status (\d+)/;

/** Only attempts in these states have certainly had a sandbox. */
const begun: ReadonlySet<AttemptState> = new Set<AttemptState>([
  'TASK_STARTING',
  'TASK_RUNNING',
  'TASK_KILLING',
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
]);

/**
 * A state of a later Mesos is decoded as none. It counts as lost, so that the attempt is replaced at worst; were it
 * left out, the update would stay unacknowledged, and the agent would send no other of this attempt.
 */
const unknownState: Pick<AttemptUpdate, 'state' | 'message'> = {
  state: 'TASK_UNKNOWN',
  message: 'Mesos told a state that this version does not know; a newer version may',
};

/** What agents say of an image that they cannot run, in words that help nobody, and what helps. */
const advice: readonly (readonly [RegExp, string])[] = [
  [
    /^Abnormal executor termination: unknown container$/,
    'the agent started nothing; if an image was asked for, has it the containerizer for that (--containerizers=docker,mesos)?',
  ],
  [
    /Unsupported container image type/,
    'the agent takes no images; start it with --image_providers=docker and --isolation=filesystem/linux,docker/runtime',
  ],
];

function inWords(message: string): string {
  const helpful = advice.find(([pattern]) => pattern.test(message))?.[1];
  return helpful === undefined ? message : `${message}: ${helpful}`;
}

/** The exit code of a command that ended by itself; a command that heeded SIGTERM did not. */
function exitCodeOf({ state, message, reason }: mesos.TaskStatus): number | undefined {
  const endedByItself =
    (state === 'TASK_FINISHED' || state === 'TASK_FAILED') && reason !== 'REASON_MAX_COMPLETION_TIME_REACHED';
  const exitCode = endedByItself ? exitMessage.exec(message ?? '')?.[1] : undefined;
  return exitCode === undefined ? undefined : Number(exitCode);
}

/**
 * What a TaskStatus says of an attempt. `sandboxOf` tells where a person finds the files of an attempt; `now` is
 * milliseconds since 1970, for a status that bears no time.
 */
export function attemptUpdate(
  status: mesos.TaskStatus,
  sandboxOf: (attemptId: string, agentId: string) => string | undefined,
  now: number,
): AttemptUpdate {
  const { task_id, timestamp, agent_id, reason, uuid } = status;
  const { state, message } = status.state ? status : unknownState;
  const exitCode = exitCodeOf(status);
  const sandbox = agent_id && begun.has(state) ? sandboxOf(task_id.value, agent_id.value) : undefined;
  return {
    attemptId: task_id.value,
    state,
    timestamp: timestamp === undefined ? now : Math.round(timestamp * 1000),
    ...(agent_id && { agentId: agent_id.value }),
    ...(message && { message: inWords(message) }),
    ...(reason && { reason }),
    ...(exitCode !== undefined && { exitCode }),
    ...(sandbox !== undefined && { sandbox }),
    // Without a uuid an update comes from the master, which waits for no answer.
    ...(uuid && uuid.length > 0 && { acknowledgement: Buffer.from(uuid).toString('base64') }),
  };
}
