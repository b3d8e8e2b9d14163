import { quotedWhereNeeded } from '@galaxy-mesos/galaxy-jobs';

/** The command line that goes on with what this one began. `words` are what follows the program's name. */
export function resumeCommand(words: readonly string[]): string {
  const end = words.indexOf('--');
  const options = (end === -1 ? words : words.slice(0, end)).filter(
    (word) => word !== '--resume' && word !== '--restart',
  );
  const rest = end === -1 ? [] : words.slice(end);
  return ['galaxy-mesos', ...options, '--resume', ...rest].map(quotedWhereNeeded).join(' ');
}
