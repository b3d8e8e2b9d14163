import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

/** Programs of Python that a setup script has installed on this machine, outside of the repository. */
export interface PythonRig {
  /** Of what is installed, for people: `Galaxy 26.1`. */
  readonly name: string;
  /** Where the programs are; for the PATH, too: it has a `python`. */
  readonly programs: string;
  isAvailable(): boolean;
  /**
   * For `describe.skipIf(!rig.require())`: tells whether tests with it can run; where they cannot, says in a line how
   * to get it. With CI=true it throws instead, so that a build never passes without them.
   */
  require(): boolean;
}

/** The rig in `~/.cache/<folder>`, or wherever the environment variable names. */
export function pythonRig(name: string, variable: string, folder: string, advice: string): PythonRig {
  const home = env[variable] ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), folder);
  const isAvailable = () => existsSync(join(home, 'ready'));
  return {
    name,
    programs: join(home, 'venv', 'bin'),
    isAvailable,
    require() {
      if (isAvailable()) return true;
      const message = `there is no ${name} in ${home}: get it with \`${advice}\``;
      if (env.CI === 'true') throw new Error(message);
      console.warn(`Skipped: ${message}`);
      return false;
    },
  };
}
