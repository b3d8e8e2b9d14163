/** Milliseconds (24 days). A timer of Node that is set for longer does not wait at all. */
export const longestTimer = 2 ** 31 - 1;
