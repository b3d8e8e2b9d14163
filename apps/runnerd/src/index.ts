/** Runs the daemon until it is told to stop. */
export {};
