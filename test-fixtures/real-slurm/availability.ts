import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env, getuid } from 'node:process';

/** The programs of Debian's packages that the fixture starts or calls. */
const programs = [
  'slurmctld',
  'slurmd',
  'sbatch',
  'squeue',
  'scancel',
  'sinfo',
  'scontrol',
  'munged',
  'setpriv',
];
const accountingPrograms = ['slurmdbd', 'sacct', 'sacctmgr', 'mariadbd', 'mariadb-install-db'];

/** Daemons lie where not everybody's PATH leads. */
const searchPath = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].join(delimiter);

/** What the fixture and its tests start programs with. */
export const slurmSearchPath = searchPath;

const isOnPath = (program: string): boolean =>
  searchPath.split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Whether `npm run setup:slurm` has been run on this machine, and a real Slurm can be started: that takes root. */
export function realSlurmAvailable(): boolean {
  return getuid?.() === 0 && [...programs, ...accountingPrograms].every(isOnPath);
}

/**
 * For `describe.skipIf(!requireRealSlurm())`: tells whether tests on a real Slurm can run; where they cannot, says in
 * a line how to get it. With CI=true it throws instead, so that a build never passes without them.
 */
export function requireRealSlurm(): boolean {
  if (realSlurmAvailable()) return true;
  const advice = 'there is no Slurm that root could start: get it with `npm run setup:slurm`, as root';
  if (env.CI === 'true') throw new Error(advice);
  console.warn(`Skipped: ${advice}`);
  return false;
}
