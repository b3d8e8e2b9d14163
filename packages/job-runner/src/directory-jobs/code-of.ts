/** The name that the system has for an error. */
export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
