import { existsSync } from 'node:fs';
import path from 'node:path';
import { PulsarCaller } from '../src/doctor/pulsar-caller.ts';

/** A job that was submitted as Galaxy submits one. */
export interface PulsarJob {
  readonly id: string;
  /** The job directory, as Galaxy's command lines name it. */
  readonly directory: string;
  readonly outputs: string;
}

/** Submits a job; `command` gets the job's directories. */
export async function submitJob(
  caller: PulsarCaller,
  id: string,
  command: (directories: { readonly inputs: string; readonly outputs: string }) => string,
  input = 'input\n',
): Promise<PulsarJob> {
  const setup = await caller.setUp(id);
  await caller.upload(setup.job_id, 'input.txt', input);
  const directories = { inputs: setup.inputs_directory, outputs: setup.outputs_directory };
  await caller.submit(setup.job_id, command(directories));
  return { id: setup.job_id, directory: setup.job_directory, outputs: setup.outputs_directory };
}

/** What Galaxy is told of a job in the end. */
export async function completed(caller: PulsarCaller, { id }: Pick<PulsarJob, 'id'>) {
  for (;;) {
    const status = await caller.status(id).catch(() => undefined);
    if (status?.complete === 'true') return status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Resolves when a file is there. */
export async function untilThere(directory: string, name: string): Promise<void> {
  while (!existsSync(path.join(directory, name))) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A caller of a daemon that asks for no token, or for this one. */
export const callerOf = (url: string, token?: string): PulsarCaller =>
  new PulsarCaller({ url, ...(token !== undefined && { token }) });
