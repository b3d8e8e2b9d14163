/** A text as one word of a POSIX shell, whatever it holds but a NUL byte. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The same, but plain words stay bare: they are easier to read. */
export const quotedWhereNeeded = (word: string): string => (isPlainWord(word) ? word : shellWord(word));

/** Whether a word means itself to a shell wherever it stands, also between quotes. */
export const isPlainWord = (word: string): boolean => /^[\w@%+=:,./-]+$/.test(word);
