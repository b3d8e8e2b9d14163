import type {
  ClusterDriver,
  DriverEvent,
  Launch,
  OfferId,
  TaskChange,
  TaskStore,
} from '@galaxy-mesos/scheduler';

type Passing = () => Promise<void>;

/** What to do at certain calls and events of a driver; `pass` does what would have been done. */
export interface DriverTaps {
  readonly launch?: (
    pass: Passing,
    launches: readonly Launch[],
    offerIds: readonly OfferId[],
  ) => Promise<void>;
  readonly acknowledge?: (pass: Passing) => Promise<void>;
  readonly event?: (event: DriverEvent, pass: (event: DriverEvent) => void) => void;
}

/** `target` with some of its methods replaced; all others keep their own `this`. */
function withMethods<Target extends object>(target: Target, methods: Partial<Target>): Target {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name, target);
      return typeof value === 'function' && !Reflect.has(methods, name) ? value.bind(target) : value;
    },
  });
}

/** A driver at which a test does something before, after or in place of what the driver does. */
export function tapDriver(driver: ClusterDriver, { launch, acknowledge, event }: DriverTaps): ClusterDriver {
  return withMethods(driver, {
    ...(event && { start: (listener) => driver.start((heard) => event(heard, listener)) }),
    ...(launch && {
      launch: (offerIds, launches) => launch(() => driver.launch(offerIds, launches), launches, offerIds),
    }),
    ...(acknowledge && { acknowledge: (update) => acknowledge(() => driver.acknowledge(update)) }),
  });
}

/** A store at which a test does something before or after a commit. */
export function tapStore(
  store: TaskStore,
  commit: (pass: Passing, changes: readonly TaskChange[]) => Promise<void>,
): TaskStore {
  return withMethods(store, { commit: (changes) => commit(() => store.commit(changes), changes) });
}
