import { shellWord } from '../shell-word.ts';
import { splitAtPath } from './split-at-path.ts';

/**
 * Lines of bash that put a text into a variable as it is, without any quotes: so a path in it can be replaced by
 * another one wherever it stands. bash reads it byte by byte, with a call for each.
 */
export function readIntoVariable(variable: string, text: string): string[] {
  const end = endFor(text);
  // `read` reads to a NUL byte, finds none, and says so by its status, which is of no interest.
  return [`IFS= read -r -d '' ${variable} <<'${end}'`, text, end];
}

/** A line that the text does not have. */
function endFor(text: string): string {
  const lines = new Set(text.split('\n'));
  let end = 'GALAXY_MESOS_END';
  while (lines.has(end)) end += '_';
  return end;
}

/**
 * bash that puts a text into a variable, with the job's directory wherever the directory that is given stands in it. An
 * unclosed quote in the text harms nobody but whoever evaluates it.
 */
export const assign = (variable: string, text: string, directory: string): string =>
  `${variable}=${splitAtPath(text, directory).map(shellWord).join('"$_galaxy_mesos_job"')}`;
