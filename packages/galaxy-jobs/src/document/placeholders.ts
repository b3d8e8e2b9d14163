import { isPlainWord, shellWord } from '../shell-word.ts';

// `{{NAME}}` stands for the text `{NAME}` itself.
const token = /\{\{([A-Za-z_]\w*)\}\}|\{([A-Za-z_]\w*)\}/g;

/** The names in braces that a command has. */
export function placeholdersIn(command: string): Set<string> {
  return new Set(
    Array.from(command.matchAll(token), ([, , name]) => name).filter((name) => name !== undefined),
  );
}

/**
 * Puts texts in the place of `{NAME}`, as words of the shell; braces around anything else, such as awk's, stay as
 * they are. What it has put in is no placeholder for whoever fills in others later.
 */
export const fillPlaceholders = (command: string, texts: ReadonlyMap<string, string>): string =>
  command.replace(token, (text, escaped: string | undefined, name: string | undefined) => {
    if (escaped !== undefined) return texts.has(escaped) ? `{${escaped}}` : text;
    const found = name === undefined ? undefined : texts.get(name);
    return found === undefined ? text : quotedWhereNeeded(found);
  });

/** Plain words stay bare: so they are right also between quotes that the command has already. */
const quotedWhereNeeded = (word: string): string =>
  isPlainWord(word) ? word : shellWord(word).replace(/\{(?=\{?[A-Za-z_]\w*\})/g, "{''");
