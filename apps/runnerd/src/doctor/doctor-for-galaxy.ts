import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readSecretFile, readToken } from '../configuration/tokens.ts';
import { urlSchema } from '../configuration/values.ts';
import { jobConfLines } from './job-conf-lines.ts';
import { CallFailed, PulsarCaller } from './pulsar-caller.ts';
import { trialJob } from './trial-job.ts';

/** What `galaxy-mesos doctor --galaxy` is told. */
export interface GalaxyDoctorFlags {
  /** Default: where a daemon listens that is told nothing. */
  readonly daemon?: string;
  readonly token?: string;
  readonly tokenFile?: string;
}

const defaultDaemon = 'http://127.0.0.1:8913';
const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

/**
 * Prints what to add to Galaxy's configuration for a daemon, after having a job run there as Galaxy would; answers the
 * exit status.
 */
export async function doctorForGalaxy(
  flags: GalaxyDoctorFlags,
  print: (line: string) => void = (line) => void process.stdout.write(`${line}\n`),
): Promise<number> {
  const url = (flags.daemon ?? defaultDaemon).replace(/\/+$/, '');
  if (!urlSchema.safeParse(url).success) {
    print(`BAD   --daemon   expected a URL such as ${defaultDaemon}, and it is '${url}'`);
    return exitCodes.usage;
  }
  const found =
    flags.tokenFile === undefined
      ? { token: flags.token }
      : readToken(path.resolve(flags.tokenFile), readSecretFile);
  if ('problem' in found && found.problem !== undefined) {
    print(`BAD   --token-file   ${found.problem}`);
    return exitCodes.usage;
  }
  const destination = { url, ...(found.token !== undefined && { token: found.token }) };
  try {
    await examine(new PulsarCaller(destination), url, print);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    print(`BAD   ${error.message}`);
    if (error.advice !== undefined) print(`      -> ${error.advice}`);
    return exitCodes.failed;
  }
  print(
    "\nAdd this to Galaxy's job_conf.yml, and `default: mesos` under `execution:` to send all jobs there\n" +
      "(all but Galaxy's uploads: `{id: __DATA_FETCH__, environment: local}` under `tools:`):\n",
  );
  for (const line of jobConfLines(destination)) print(line);
  return exitCodes.ok;
}

async function examine(caller: PulsarCaller, url: string, print: (line: string) => void): Promise<void> {
  const { version, status } = await caller.health();
  print(`ok    ${'daemon'.padEnd(8)}  ${url} speaks Pulsar ${version}`);
  if (status !== 'ok')
    print(`-     ${'cluster'.padEnd(8)}  ${status}: jobs wait until the daemon reaches it`);
  const surroundings = {
    now: Date.now,
    pause: (ms: number) => pause(ms),
    word: randomBytes(4).toString('hex'),
  };
  for await (const { step, text } of trialJob(caller, surroundings))
    print(`ok    ${step.padEnd(8)}  ${text}`);
}
