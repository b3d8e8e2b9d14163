import { placeholdersIn, quotedWhereNeeded } from '@galaxy-mesos/galaxy-jobs';

/** What stands in braces like a placeholder and is none, but so near to one that it must be a slip. */
export interface Misspelling {
  readonly written: string;
  readonly meant: string;
}

/** Shorter names are near to too much: `{n}` in a program of awk is no misspelt `{db}`. */
const shortestChecked = 4;

/** The first misspelt placeholder of a command; left alone it would be the name of a file that nobody reads. */
export function misspeltPlaceholder(command: string, known: ReadonlySet<string>): Misspelling | undefined {
  for (const written of placeholdersIn(command)) {
    if (known.has(written) || written.length < shortestChecked) continue;
    const meant = [...known].find((name) => isOneSlipFrom(written.toLowerCase(), name.toLowerCase()));
    if (meant !== undefined) return { written, meant };
  }
  return undefined;
}

/**
 * Whether a letter too many, too few, another one, or two swapped make one word of the other. Stricter than
 * `nearest` of galaxy-jobs, which looks for what was meant by a word that is wrong for certain: here a word that
 * is not near enough stays, and awk's `{print}` must not be refused where an input is named `prot`.
 */
function isOneSlipFrom(written: string, meant: string): boolean {
  if (Math.abs(written.length - meant.length) > 1) return false;
  let start = 0;
  while (start < written.length && written[start] === meant[start]) start++;
  const [left, right] = [written.slice(start), meant.slice(start)];
  const swapped = `${left[1] ?? ''}${left[0] ?? ''}${left.slice(2)}`;
  return (
    swapped === right ||
    left.slice(1) === right.slice(1) ||
    left.slice(1) === right ||
    left === right.slice(1)
  );
}

/** One shell text out of the words after `--`: a single word is such a text, several are a command with arguments. */
export const commandText = (words: readonly string[]): string =>
  words.length === 1 ? (words[0] ?? '') : words.map(quoteWord).join(' ');

const kept = /(\{\{[A-Za-z_]\w*\}\}|\{[A-Za-z_]\w*\})/;

/** Quotes a word for the shell, but for the placeholders in it. */
const quoteWord = (word: string): string =>
  word === ''
    ? "''"
    : word
        .split(kept)
        .map((piece, index) => (index % 2 === 1 || piece === '' ? piece : quotedWhereNeeded(piece)))
        .join('');
