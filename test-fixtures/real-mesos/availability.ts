import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

const rigHome = (): string =>
  env.RIG_HOME ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'mesos-rig');

const programs = ['mesos-local', 'launcher/mesos-containerizer', 'launcher/mesos-io-switchboard'];

/** Whether `npm run setup:mesos` has been run on this machine. */
export function realMesosAvailable(): boolean {
  return ['libmesos.so', ...programs, 'ready'].every((file) => existsSync(join(rigHome(), file)));
}

/**
 * For `describe.skipIf(!requireRealMesos())`: tells whether tests on real Mesos can run; where they cannot, says
 * in a line how to get it. With CI=true it throws instead, so that a build never passes without them.
 */
export function requireRealMesos(): boolean {
  if (realMesosAvailable()) return true;
  const advice = `there is no Mesos in ${rigHome()}: get it with \`npm run setup:mesos\``;
  if (env.CI === 'true') throw new Error(advice);
  console.warn(`Skipped: ${advice}`);
  return false;
}
