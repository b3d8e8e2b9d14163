import { Command } from 'commander';

/** `galaxy-mesos run`: run a Galaxy tool. */
export const runCommand = (exit: (code: number) => void): Command => new Command('run').action(() => exit(2));
