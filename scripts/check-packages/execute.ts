import { spawnSync } from 'node:child_process';

/** How a command ended, with all that it printed. */
export interface Execution {
  readonly command: string;
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly output: string;
}

/** Runs a command to its end; never throws because it failed. */
export function execute(command: string, args: readonly string[], cwd: string): Execution {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  return {
    command: [command, ...args].join(' '),
    succeeded: status === 0,
    stdout,
    output: `${stdout}${stderr}`.trim(),
  };
}

/** Answers stdout; throws what was printed if the command failed. */
export function mustSucceed({ command, succeeded, stdout, output }: Execution): string {
  if (!succeeded) throw new Error(`${command} failed:\n${output}`);
  return stdout;
}
