// Paths of POSIX systems, by their text alone: this package runs also where there is no Node.

/** With `.`, `..` and double slashes taken out as far as that can be done. */
export function normalPath(file: string): string {
  const isRooted = file.startsWith('/');
  const kept: string[] = [];
  for (const part of file.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isRooted) kept.push(part);
  }
  return isRooted ? `/${kept.join('/')}` : kept.join('/') || '.';
}

/** The file as seen from a directory. */
export const resolvedPath = (directory: string, file: string): string =>
  normalPath(file.startsWith('/') ? file : `${directory}/${file}`);

/** Whether a relative path leads to something below where it begins. */
export function leadsInside(file: string): boolean {
  const plain = normalPath(file);
  return !plain.startsWith('/') && plain !== '.' && plain !== '..' && !plain.startsWith('../');
}

/** From the last dot of the name on, such as `.fasta`; empty if it has none but at its beginning. */
export function extensionOf(file: string): string {
  const name = /([^/]*)\/*$/.exec(file)?.[1] ?? '';
  return name === '..' ? '' : (/.(\.[^.]*)$/s.exec(name)?.[1] ?? '');
}
