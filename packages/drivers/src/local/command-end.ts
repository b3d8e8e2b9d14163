import { constants } from 'node:os';

/** How a command came to its end. */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'signalled'; readonly signal: number };

// The words of the C library's strsignal(), which are those that Mesos puts into its messages.
const signalWords: Readonly<Record<string, string>> = {
  SIGHUP: 'Hangup',
  SIGINT: 'Interrupt',
  SIGQUIT: 'Quit',
  SIGILL: 'Illegal instruction',
  SIGTRAP: 'Trace/breakpoint trap',
  SIGABRT: 'Aborted',
  SIGBUS: 'Bus error',
  SIGFPE: 'Floating point exception',
  SIGKILL: 'Killed',
  SIGUSR1: 'User defined signal 1',
  SIGSEGV: 'Segmentation fault',
  SIGUSR2: 'User defined signal 2',
  SIGPIPE: 'Broken pipe',
  SIGALRM: 'Alarm clock',
  SIGTERM: 'Terminated',
  SIGXCPU: 'CPU time limit exceeded',
  SIGXFSZ: 'File size limit exceeded',
};

// Some numbers have several names (SIGABRT and SIGIOT): the one that has words is taken.
const nameOfSignal = (signal: number): string | undefined => {
  const names = Object.entries(constants.signals).flatMap(([name, number]) =>
    number === signal ? [name] : [],
  );
  return names.find((name) => name in signalWords) ?? names[0];
};

/** The number of a signal that Node names. */
export const signalNumber = (name: NodeJS.Signals): number => constants.signals[name];

/** In Mesos's words: `Command exited with status 3`, `Command terminated with signal Killed`. */
export const describeEnd = (end: CommandEnd): string => {
  if (end.kind === 'exited') return `Command exited with status ${end.status}`;
  const name = nameOfSignal(end.signal) ?? `${end.signal}`;
  return `Command terminated with signal ${signalWords[name] ?? name}`;
};

/**
 * What a shell's `$?` says of a command. A shell adds 128 to the number of a signal, and so 137 can be
 * SIGKILL as well as `exit 137`. Only for a signal, however, does a shell print a message, of which there
 * is none for SIGINT and SIGPIPE; of these two `exit 130` and `exit 141` cannot be told apart.
 */
export const endFromShell = (status: number, shellPrinted: boolean): CommandEnd => {
  const signal = status - 128;
  const isSilent = signal === constants.signals.SIGINT || signal === constants.signals.SIGPIPE;
  return signal > 0 && (shellPrinted || isSilent)
    ? { kind: 'signalled', signal }
    : { kind: 'exited', status };
};
