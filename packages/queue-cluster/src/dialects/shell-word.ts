/** A text as one word of a POSIX shell, whatever it holds but a NUL byte. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
