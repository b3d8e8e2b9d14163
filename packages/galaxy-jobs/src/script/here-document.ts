/**
 * Lines of bash that put a text into a variable as it is, without any quotes: so a path in it can be replaced by
 * another one wherever it stands, and an unclosed quote in it harms nobody but whoever evaluates it.
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
