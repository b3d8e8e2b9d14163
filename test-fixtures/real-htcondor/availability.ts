import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { env, getuid } from 'node:process';

/** The folder that `setup.sh` has made. */
export const htcondorHome = (): string => env.HTCONDOR_RIG_HOME ?? '';

/**
 * For `describe.skipIf(!hasRealHtcondor())`: tells whether tests on a real HTCondor are to run; where they are not, says
 * in a line how to have them. It is large, so that they run for those who ask: HTCONDOR_RIG_HOME names where it is.
 */
export function hasRealHtcondor(): boolean {
  const home = htcondorHome();
  const isThere = home !== '' && getuid?.() === 0 && existsSync(join(home, 'done'));
  if (isThere) return true;
  const advice = 'as root: export HTCONDOR_RIG_HOME=DIR; sh test-fixtures/real-htcondor/setup.sh';
  // Whoever has asked for it is not to get less.
  if (home !== '') throw new Error(`there is no HTCondor in ${home}; ${advice}`);
  console.warn(`Skipped: tests on a real HTCondor run for those who ask for them; ${advice}`);
  return false;
}
