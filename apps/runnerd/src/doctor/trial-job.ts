import { CallFailed, type PulsarCaller } from './pulsar-caller.ts';

/** A step of a trial that went well. */
export interface TrialStep {
  readonly step: string;
  readonly text: string;
}

/** What trials need of their surroundings. */
export interface TrialSurroundings {
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** A word that no other trial has. */
  readonly word: string;
}

const pollMilliseconds = 250;

/** A job that waits for its turn for longer is told of as a problem. */
const patienceMilliseconds = 120_000;

const inputName = 'doctor-input.txt';
const outputName = 'doctor-output.txt';

/**
 * Has a little job run as Galaxy would, and tells of each step that went well.
 * @throws CallFailed at the first step that did not; the job is removed in any case
 */
export async function* trialJob(
  caller: PulsarCaller,
  surroundings: TrialSurroundings,
): AsyncGenerator<TrialStep, void> {
  const { word } = surroundings;
  const setup = await caller.setUp(`galaxy-mesos-doctor-${word}`);
  const jobId = setup.job_id;
  yield { step: 'set up', text: setup.job_directory };
  let isRemoved = false;
  try {
    const input = await caller.upload(jobId, inputName, `${word}\n`);
    yield { step: 'upload', text: input };
    await caller.submit(jobId, commandLine(input, `${setup.outputs_directory}/${outputName}`));
    yield { step: 'submit', text: jobId };
    const { seconds } = await completed(caller, setup, surroundings);
    yield { step: 'run', text: `complete after ${seconds.toFixed(1)} s` };
    const [echoed, cores, mesosUrl] = (await caller.download(jobId, outputName)).split('\n');
    if (echoed !== word) {
      throw new CallFailed(`the output has '${echoed}' where the input has '${word}'`, logAdvice);
    }
    yield { step: 'download', text: 'the output is what the input makes it' };
    yield { step: 'in jobs', text: `GALAXY_SLOTS=${cores}, ${describeMesos(mesosUrl ?? '')}` };
    await caller.delete(jobId);
    isRemoved = true;
    yield { step: 'delete', text: 'nothing is left of the job' };
  } finally {
    if (!isRemoved) await remove(caller, jobId);
  }
}

const waitAdvice =
  'galaxy-mesos agents and galaxy-mesos queue tell what is free and why jobs wait; the log of the daemon says more';
const logAdvice = 'the log of the daemon says more';

const describeMesos = (url: string): string =>
  url === '' ? 'no MESOS_URL: jobs run on the machine of the daemon' : `MESOS_URL=${url}`;

const commandLine = (input: string, output: string): string =>
  `{ cat "${input}"; echo "$GALAXY_SLOTS"; echo "\${MESOS_URL:-}"; } > "${output}"`;

async function completed(
  caller: PulsarCaller,
  { job_id: jobId, job_directory }: { readonly job_id: string; readonly job_directory: string },
  { now, pause }: TrialSurroundings,
): Promise<{ readonly seconds: number }> {
  const began = now();
  for (;;) {
    const { complete, status, returncode, stderr } = await caller.status(jobId);
    if (complete === 'true' && status === 'complete' && returncode === 0) {
      return { seconds: (now() - began) / 1000 };
    }
    if (complete === 'true') {
      throw new CallFailed(
        `the job ended as ${status}, exit code ${returncode}: ${stderr ?? ''}`.trim(),
        logAdvice,
      );
    }
    if (now() - began > patienceMilliseconds) {
      const words = (await caller.lastWords(job_directory)).trim();
      const why = words === '' ? '' : `: ${words}`;
      throw new CallFailed(
        `the job is still ${status} after ${patienceMilliseconds / 1000} s${why}`,
        waitAdvice,
      );
    }
    await pause(pollMilliseconds);
  }
}

/** What went wrong before is what there is to tell; that this fails, too, would only hide it. */
async function remove(caller: PulsarCaller, jobId: string): Promise<void> {
  await caller.cancel(jobId).catch(() => {});
  await caller.delete(jobId).catch(() => {});
}
