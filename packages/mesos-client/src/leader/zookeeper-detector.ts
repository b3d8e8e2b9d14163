import { EventEmitter, once, setMaxListeners } from 'node:events';
import { MesosError, type MesosErrorCode } from '../mesos-error.ts';
import { reasonOf } from '../reason.ts';
import { throwUncaught } from '../throw-uncaught.ts';
import type { ZooKeeperConnection } from '../zookeeper/connection.ts';
import { ZooKeeperSession } from '../zookeeper/session.ts';
import { findLeader } from './find-leader.ts';
import type { AddressRewrite, MasterDetector, MasterScheme } from './master-detector.ts';
import { masterUrl } from './master-info.ts';
import type { ZooKeeperAddress } from './parse-zookeeper-address.ts';

/** What the detector is told beside the address. */
export interface ZooKeeperDetectorOptions {
  readonly rewrite: AddressRewrite | undefined;
  readonly scheme: MasterScheme;
  /** In milliseconds. */
  readonly sessionTimeout: number;
}

const final: ReadonlySet<MesosErrorCode> = new Set(['ZOOKEEPER_REFUSED', 'INVALID_MASTER_URL']);

/**
 * Follows in ZooKeeper which master leads. While ZooKeeper is away the leader known last is kept, as likely the
 * right one still; `trouble` tells of it.
 */
export class ZooKeeperDetector implements MasterDetector {
  readonly #path: string;
  readonly #options: ZooKeeperDetectorOptions;
  readonly #session: ZooKeeperSession;
  readonly #listeners = new Set<(leader: URL) => void>();
  readonly #closing = new AbortController();
  /** Emits `news` whenever those who wait for a leader should look again. */
  readonly #news = new EventEmitter();
  #running: Promise<void> | undefined;
  #connection: ZooKeeperConnection | undefined;
  #leader: URL | undefined;
  /** Why ZooKeeper names no leader. */
  #reason: string | undefined;
  /** Why looking has ended for good. */
  #failure: unknown;

  constructor(address: ZooKeeperAddress, options: ZooKeeperDetectorOptions) {
    const { servers, credential } = address;
    this.#path = address.path;
    this.#options = options;
    this.#session = new ZooKeeperSession({ servers, credential, timeout: options.sessionTimeout });
    // As many may wait as like.
    setMaxListeners(0, this.#news);
  }

  async candidates(signal: AbortSignal): Promise<readonly URL[]> {
    this.#running ??= this.#run(this.#closing.signal);
    for (;;) {
      if (signal.aborted) throw aborted(signal);
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#leader) return [new URL(this.#leader)];
      await once(this.#news, 'news', { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  onLeader(listener: (leader: URL) => void): () => void {
    // Of its own, so that the same function may be given twice.
    const own = (leader: URL) => listener(leader);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  get trouble(): string | undefined {
    if (this.#failure !== undefined) return reasonOf(this.#failure);
    return this.#session.trouble ?? this.#reason;
  }

  async close(): Promise<void> {
    this.#end(new MesosError('SESSION_CLOSED', 'the detector of masters was closed'));
    this.#closing.abort();
    await this.#connection?.close();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (this.#failure === undefined) {
      try {
        const connection = await this.#session.connect(signal);
        this.#connection = connection;
        await this.#follow(connection);
      } catch (error) {
        // The session goes on over another connection.
        if (isPassing(error)) this.#connection?.destroy(error);
        else this.#end(error);
      }
    }
    // Nothing is left of the session, whatever it was that ended it.
    await this.#connection?.close();
  }

  async #follow(connection: ZooKeeperConnection): Promise<void> {
    while (this.#failure === undefined) {
      const change = connection.nextChange();
      const finding = await findLeader(connection, this.#path);
      if (finding.kind === 'changing') continue;
      if (finding.kind === 'none') this.#lead(undefined, finding.reason);
      else this.#leadAt(() => masterUrl(finding.info, this.#options.scheme));
      await change;
    }
  }

  #leadAt(address: () => URL): void {
    try {
      const url = address();
      this.#lead(this.#options.rewrite?.(new URL(url)) ?? url, undefined);
    } catch (error) {
      this.#lead(undefined, `the address of the leading master is of no use: ${reasonOf(error)}`);
    }
  }

  #lead(leader: URL | undefined, reason: string | undefined): void {
    const isNew = leader !== undefined && leader.href !== this.#leader?.href;
    this.#leader = leader;
    this.#reason = reason;
    if (!isNew) return;
    this.#news.emit('news');
    for (const listener of [...this.#listeners]) this.#tell(listener, leader);
  }

  #tell(listener: (leader: URL) => void, leader: URL): void {
    try {
      listener(new URL(leader));
    } catch (error) {
      throwUncaught(error);
    }
  }

  #end(failure: unknown): void {
    this.#failure ??= failure;
    this.#news.emit('news');
  }
}

function aborted(signal: AbortSignal): MesosError {
  return new MesosError('ABORTED', 'finding the leading master was aborted', { cause: signal.reason });
}

/** Whether another connection may do better. What is no error of ours is a mistake in this code. */
function isPassing(error: unknown): error is MesosError {
  return error instanceof MesosError && !final.has(error.code);
}
