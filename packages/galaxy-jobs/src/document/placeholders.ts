import { shellWord } from '../shell-word.ts';

// `{{NAME}}` stands for the text `{NAME}` itself.
const token = /\{\{([A-Za-z_]\w*)\}\}|\{([A-Za-z_]\w*)\}/g;

/** The names in braces that a command has. */
export function placeholdersIn(command: string): Set<string> {
  return new Set(
    Array.from(command.matchAll(token), ([, , name]) => name).filter((name) => name !== undefined),
  );
}

/** Puts files in the place of `{NAME}`, as words of the shell; braces around anything else stay as they are. */
export const fillPlaceholders = (command: string, files: ReadonlyMap<string, string>): string =>
  command.replace(token, (text, escaped: string | undefined, name: string | undefined) => {
    if (escaped !== undefined) return files.has(escaped) ? `{${escaped}}` : text;
    const found = name === undefined ? undefined : files.get(name);
    return found === undefined ? text : quotedWhereNeeded(found);
  });

/** Plain words stay bare: so they are right also between quotes that the command has already. */
const quotedWhereNeeded = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : shellWord(word));
