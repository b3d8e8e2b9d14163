import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('../matcher-child.ts', import.meta.url));

/** Runs a part of the benchmark in a process of its own; answers what it printed. */
export async function inChild<Outcome>(...parameters: readonly (string | number)[]): Promise<Outcome> {
  const command = [...process.execArgv, '--expose-gc', program, ...parameters.map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout);
}
