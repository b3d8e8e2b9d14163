/** Formats in which a line end between records means nothing. */
export const statements: ReadonlySet<string> = new Set(['newick', 'nexus']);
