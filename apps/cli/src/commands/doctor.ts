import { Command } from 'commander';

/** `galaxy-mesos doctor`: what is here and what is missing. */
export const doctorCommand = (exit: (code: number) => void): Command =>
  new Command('doctor').action(() => exit(2));
