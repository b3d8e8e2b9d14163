import type { master, mesos } from '@galaxy-mesos/mesos-client';
import type { SchedulerStream } from './scheduler-exchange.ts';

/** A framework that a master knows; without a stream it is disconnected. */
export interface KnownFramework {
  readonly info: mesos.FrameworkInfo;
  readonly stream?: SchedulerStream;
}

/** Timers cannot wait longer; a failover timeout beyond this (24 days) never ends here. */
const maximumTimerMilliseconds = 2 ** 31 - 1;

/** The frameworks of a master: who is subscribed, who is away, and who is gone for good. */
export class SessionTable {
  readonly #masterId: string;
  readonly #countsDown: boolean;
  readonly #frameworks = new Map<string, KnownFramework>();
  readonly #removals = new Map<string, NodeJS.Timeout>();
  readonly #removed = new Set<string>();
  #count = 0;

  /** `countsDown`: whether frameworks that are away too long are removed, or somebody else sees to that. */
  constructor(masterId: string, { countsDown = true } = {}) {
    this.#masterId = masterId;
    this.#countsDown = countsDown;
  }

  find(frameworkId: string): KnownFramework | undefined {
    return this.#frameworks.get(frameworkId);
  }

  /** The streams of the frameworks that are connected, in the order in which these came first. */
  get streams(): readonly SchedulerStream[] {
    return [...this.#frameworks.values()].flatMap(({ stream }) => stream ?? []);
  }

  /** What GET_FRAMEWORKS tells. */
  describe(): master.Response.GetFrameworks {
    const frameworks = [...this.#frameworks.values()].map(({ info, stream }) => {
      const isConnected = stream !== undefined;
      return { framework_info: info, active: isConnected, connected: isConnected, recovered: false };
    });
    return { frameworks };
  }

  /** Whether the framework was torn down, or its failover timeout ran out. */
  isRemoved(frameworkId: string): boolean {
    return this.#removed.has(frameworkId);
  }

  /** A new framework id in the form that masters give them. */
  mintId(): string {
    return `${this.#masterId}-${String(this.#count++).padStart(4, '0')}`;
  }

  /** Takes in a framework by its new stream; an older one of the same framework is told and ended. */
  open(stream: SchedulerStream): void {
    const { frameworkId } = stream;
    clearTimeout(this.#removals.get(frameworkId));
    const older = this.#frameworks.get(frameworkId)?.stream;
    this.#frameworks.set(frameworkId, { info: stream.frameworkInfo, stream });
    older?.send({ type: 'ERROR', error: { message: 'Framework failed over' } }).end();
    void stream.closed.then(() => this.#disconnected(stream));
  }

  /** Notes what UPDATE_FRAMEWORK says. */
  update(frameworkId: string, info: mesos.FrameworkInfo): void {
    const framework = this.#frameworks.get(frameworkId);
    if (framework) this.#frameworks.set(frameworkId, { ...framework, info });
  }

  /** Removes a framework for good and ends its stream. */
  remove(frameworkId: string): void {
    const framework = this.#frameworks.get(frameworkId);
    clearTimeout(this.#removals.get(frameworkId));
    this.#frameworks.delete(frameworkId);
    this.#removed.add(frameworkId);
    framework?.stream?.end();
  }

  /** Knows no framework any more, as a master that has just been started; streams are left as they are. */
  forget(): void {
    for (const timer of this.#removals.values()) clearTimeout(timer);
    this.#removals.clear();
    this.#frameworks.clear();
    this.#removed.clear();
  }

  #disconnected(stream: SchedulerStream): void {
    const { frameworkId } = stream;
    const framework = this.#frameworks.get(frameworkId);
    if (framework?.stream !== stream) return;
    this.#frameworks.set(frameworkId, { info: framework.info });
    const milliseconds = (framework.info.failover_timeout ?? 0) * 1000;
    if (!this.#countsDown || milliseconds > maximumTimerMilliseconds) return;
    const timer = setTimeout(() => this.remove(frameworkId), Math.max(0, milliseconds));
    this.#removals.set(frameworkId, timer.unref());
  }
}
