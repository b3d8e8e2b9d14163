/** What the starter is told first: how all that it starts is to be. */
export interface StarterSettings {
  readonly kind: 'settings';
  readonly environment: Readonly<Record<string, string>>;
  /** How much it gives way to all else, as nice(1) has it. */
  readonly niceness: number;
}

/** A process that is to be started in a directory that is there, in a session of its own. */
export interface StartOrder {
  readonly sandbox: string;
  /** Who is to own the directory and what is written into it; absent: whom the starter runs as. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  readonly program: string;
  readonly options: readonly string[];
  /** Besides that of the settings. */
  readonly environment: Readonly<Record<string, string>>;
}

/** An order with the number that answers refer to. */
export interface NumberedOrder extends StartOrder {
  readonly kind: 'start';
  readonly order: number;
}

/** What a driver tells its starter. */
export type ToStarter = StarterSettings | NumberedOrder;

/** What a starter tells its driver: of each order `failed`, or `started` and at last `ended`. */
export type FromStarter =
  /** It is there, and takes orders. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly order: number; readonly message: string }
  /** `startTime` is that of ProcessIdentity; `''` if the process has ended already. */
  | { readonly kind: 'started'; readonly order: number; readonly pid: number; readonly startTime: string }
  | {
      readonly kind: 'ended';
      readonly order: number;
      readonly status: number | null;
      readonly signal: NodeJS.Signals | null;
    };
