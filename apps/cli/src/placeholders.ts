import { quoteWhereNeeded } from './quote-where-needed.ts';

// `{{NAME}}` stands for the text `{NAME}` itself.
const token = /\{\{([A-Za-z_]\w*)\}\}|\{([A-Za-z_]\w*)\}/g;

/** The names of the placeholders, among those known, that a command has. */
export function placeholdersIn(command: string, known: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  for (const [, , name] of command.matchAll(token))
    if (name !== undefined && known.has(name)) found.add(name);
  return found;
}

/**
 * Puts files in the place of `{NAME}`, quoted for the shell where they need it. Braces around anything else,
 * such as awk's, stay as they are.
 */
export const fillPlaceholders = (command: string, files: ReadonlyMap<string, string>): string =>
  command.replace(token, (text, escaped: string | undefined, name: string | undefined) => {
    if (escaped !== undefined) return files.has(escaped) ? `{${escaped}}` : text;
    const file = name === undefined ? undefined : files.get(name);
    return file === undefined ? text : quoteWhereNeeded(file);
  });

/** One shell text out of the words after `--`: a single word is such a text, several are a command with arguments. */
export const commandText = (words: readonly string[]): string =>
  words.length === 1 ? (words[0] ?? '') : words.map(quoteWord).join(' ');

/** Quotes a word for the shell, but for the placeholders in it. */
const quoteWord = (word: string): string =>
  word === ''
    ? "''"
    : word
        .split(/(\{[A-Za-z_]\w*\})/)
        .map((piece, index) => (index % 2 === 1 || piece === '' ? piece : quoteWhereNeeded(piece)))
        .join('');
