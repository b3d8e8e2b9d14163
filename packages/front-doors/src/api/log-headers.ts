/** In which headers an answer with a log that is followed says where it begins. */
export const logHeaders = { attempt: 'log-attempt', from: 'log-from' } as const;
