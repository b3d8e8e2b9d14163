/** Whoever holds a token. */
export interface Principal {
  /** What the configuration calls the token; jobs and files of different names are kept apart. */
  readonly name: string;
  /** Sees and changes the jobs of all. */
  readonly isAdmin: boolean;
}

/** Everybody, where the daemon asks for no token. */
export const anonymous: Principal = { name: 'default', isAdmin: true };
