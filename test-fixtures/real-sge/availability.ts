import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

const rigHome = (): string =>
  env.SGE_RIG_HOME ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sge-rig');

/** Whether `npm run setup:sge` has been run on this machine. */
export function realSgeAvailable(): boolean {
  const files = [
    join(rigHome(), 'loopback.so'),
    '/usr/lib/gridengine/sge_qmaster',
    '/usr/lib/gridengine/sge_execd',
  ];
  return files.every((file) => existsSync(file));
}

/**
 * For `describe.skipIf(!requireRealSge())`: tells whether tests on a real Grid Engine can run; where they cannot, says
 * in a line how to get it. With CI=true it throws instead, so that a build never passes without them.
 */
export function requireRealSge(): boolean {
  if (realSgeAvailable()) return true;
  const advice = 'there is no Grid Engine on this machine: get it with `npm run setup:sge`';
  if (env.CI === 'true') throw new Error(advice);
  console.warn(`Skipped: ${advice}`);
  return false;
}
