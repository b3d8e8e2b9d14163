import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { killProcessesBelow } from '../real-mesos/mesos-process.ts';
import { makeOwnedFolder } from '../real-mesos/owned-folder.ts';
import { type MarkedProcess, processesWith } from '../real-slurm/marked-processes.ts';

const program = fileURLToPath(new URL('pbs.sh', import.meta.url));

/** The commands of PBS, of which no installation is to be had: they do what recordings of a real one say. */
export interface FakePbs extends AsyncDisposable {
  readonly folder: string;
  /** The whole environment in which its commands are found. */
  readonly environment: Readonly<Record<string, string>>;
  /** Numbers of the jobs that are there. */
  jobs(): Promise<readonly string[]>;
  /** Processes of its jobs. */
  jobProcesses(): readonly MarkedProcess[];
  /** Whether the server answers. */
  setDown(isDown: boolean): void;
}

/** Makes the commands in a temporary folder; there is no daemon. */
export function makeFakePbs(): FakePbs {
  const folder = makeOwnedFolder('fake-pbs');
  const commands = join(folder, 'bin');
  mkdirSync(commands);
  mkdirSync(join(folder, 'jobs'));
  for (const name of ['qsub', 'qstat', 'qselect', 'qdel', 'qsig', 'pbsnodes']) {
    writeFileSync(join(commands, name), `#!/bin/sh\nFAKE_PBS='${folder}' exec '${program}' ${name} "$@"\n`);
    chmodSync(join(commands, name), 0o755);
  }
  const surrounding = Object.entries(env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const down = join(folder, 'down');
  return {
    folder,
    environment: { ...Object.fromEntries(surrounding), PATH: `${commands}:${env.PATH ?? ''}` },
    jobs: () => Promise.resolve(readdirSync(join(folder, 'jobs'))),
    jobProcesses: () => processesWith(`FAKE_PBS=${folder}`),
    setDown: (isDown) => (isDown ? writeFileSync(down, '') : rmSync(down, { force: true })),
    async [Symbol.asyncDispose]() {
      await killProcessesBelow(folder);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
