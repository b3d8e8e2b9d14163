import { spawn } from 'node:child_process';

/** So many characters of what a program says last are kept: why it has failed stands at its end. */
const kept = 4000;

/** Where and how a program runs. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end, however much it says meanwhile.
 * @throws Error with what it has said last on stderr, or the one of Node's if it could not be started or was aborted
 */
export function runProgram(
  program: string,
  words: readonly string[],
  { cwd, signal }: ProgramOptions = {},
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(program, [...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(cwd !== undefined && { cwd }),
    ...(signal && { signal }),
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-kept);
  });
  child.on('error', reject);
  child.on('close', (code, ended) => {
    if (code === 0) resolve();
    else reject(new Error(said.trim() || `${program} ended with ${ended ?? code}`));
  });
  return promise;
}
