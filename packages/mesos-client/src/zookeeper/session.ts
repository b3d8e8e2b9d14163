import { setTimeout as sleep } from 'node:timers/promises';
import { MesosError } from '../mesos-error.ts';
import { reasonOf } from '../reason.ts';
import { backoff } from '../stream/backoff.ts';
import { ZooKeeperConnection } from './connection.ts';
import { encodeDigest, operations, type SessionIdentity } from './messages.ts';
import type { ZooKeeperServer } from './server.ts';

/** What a session needs to know. */
export interface ZooKeeperSessionOptions {
  /** At least one; tried in an order of our own, so that clients spread over them. */
  readonly servers: readonly ZooKeeperServer[];
  /** `user:password`, for the scheme `digest`. */
  readonly credential?: string | undefined;
  /** In milliseconds. What is asked for: the server has the last word. */
  readonly timeout: number;
}

const noSession: SessionIdentity = { id: 0n, password: new Uint8Array(16) };

function aborted(signal: AbortSignal): MesosError {
  return new MesosError('ABORTED', 'connecting to ZooKeeper was aborted', { cause: signal.reason });
}

function shuffled<T>(values: readonly T[]): readonly T[] {
  return values
    .map((value) => ({ value, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}

/**
 * A session with an ensemble of servers: goes on at another server when one is lost, and begins anew where it has
 * expired. Watches end with each connection, so who uses them reads again after each `connect`.
 */
export class ZooKeeperSession {
  readonly #options: ZooKeeperSessionOptions;
  readonly #servers: readonly ZooKeeperServer[];
  readonly #failures = new Map<ZooKeeperServer, MesosError>();
  #identity = noSession;
  #lastZxid = 0n;
  /** As negotiated, in milliseconds. */
  #timeout: number;
  #connection: ZooKeeperConnection | undefined;
  #openedAt = 0;
  #lastHeard = 0;
  #nextServer = 0;
  /** Since a connection last held. */
  #attempts = 0;

  constructor(options: ZooKeeperSessionOptions) {
    this.#options = options;
    this.#servers = shuffled(options.servers);
    this.#timeout = options.timeout;
  }

  /** Why there is no connection, for people; undefined while there is one, and before the first was tried. */
  get trouble(): string | undefined {
    const lost = this.#connection?.failure;
    const failures = lost ? [lost] : [...this.#failures.values()];
    if (failures.length === 0) return undefined;
    return failures.map(reasonOf).join('; ');
  }

  /**
   * A new connection for the session, when the one before is lost. Tries all servers over and over, longer and longer
   * apart. Rejects with ZOOKEEPER_REFUSED where the credential is not taken, with ABORTED when the signal fires.
   */
  async connect(signal: AbortSignal): Promise<ZooKeeperConnection> {
    this.#takeLeave();
    for (;;) {
      const server = await this.#chooseServer(signal);
      try {
        return await this.#open(server, signal);
      } catch (error) {
        if (signal.aborted) throw aborted(signal);
        if (!(error instanceof MesosError) || error.code === 'ZOOKEEPER_REFUSED') throw error;
        this.#failures.set(server, error);
      }
    }
  }

  #takeLeave(): void {
    const connection = this.#connection;
    if (!connection) return;
    this.#connection = undefined;
    this.#lastZxid = connection.lastZxid;
    this.#lastHeard = connection.lastHeard;
    if (connection.failure) this.#failures.set(connection.server, connection.failure);
    // One that broke sooner may break again at once.
    if (performance.now() - this.#openedAt > this.#timeout) this.#attempts = 0;
  }

  async #chooseServer(signal: AbortSignal): Promise<ZooKeeperServer> {
    const rounds = Math.floor(this.#attempts / this.#servers.length);
    if (this.#attempts % this.#servers.length === 0 && rounds > 0)
      await sleep(backoff(rounds - 1, Math.random()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw aborted(signal);
    this.#attempts++;
    const server = this.#servers[this.#nextServer++ % this.#servers.length];
    if (!server) throw new MesosError('INVALID_MASTER_URL', 'expected at least one server of ZooKeeper');
    return server;
  }

  async #open(server: ZooKeeperServer, signal: AbortSignal): Promise<ZooKeeperConnection> {
    // No server would keep it for longer. Beginning anew, we also take what a wiped ensemble has to say.
    if (performance.now() - this.#lastHeard > this.#timeout) this.#forget();
    const connection = new ZooKeeperConnection(server, this.#lastZxid);
    const abort = () => connection.destroy();
    signal.addEventListener('abort', abort, { once: true });
    try {
      await this.#introduce(connection);
      await this.#authenticate(connection);
    } catch (error) {
      connection.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
    this.#connection = connection;
    this.#openedAt = performance.now();
    this.#failures.clear();
    return connection;
  }

  async #introduce(connection: ZooKeeperConnection): Promise<void> {
    const { timeout } = this.#options;
    const answer = await connection.introduce(
      { lastZxid: this.#lastZxid, timeout, session: this.#identity },
      timeout / this.#servers.length,
    );
    if (answer.timeout <= 0) {
      this.#forget();
      throw new MesosError('CONNECTION_LOST', 'the session with ZooKeeper has expired');
    }
    this.#identity = answer.session;
    this.#timeout = answer.timeout;
    this.#lastHeard = connection.lastHeard;
    connection.keepAlive(answer.timeout);
  }

  async #authenticate(connection: ZooKeeperConnection): Promise<void> {
    const { credential } = this.#options;
    if (credential === undefined) return;
    const { status } = await connection.request(operations.auth, encodeDigest(credential), () => undefined);
    if (status === 'AUTH_FAILED')
      throw new MesosError('ZOOKEEPER_REFUSED', 'ZooKeeper does not take the credential in the address', {
        setting: 'master',
      });
    if (status !== 'OK')
      throw new MesosError('CONNECTION_LOST', `ZooKeeper answered ${status} to the credential`);
  }

  #forget(): void {
    this.#identity = noSession;
    this.#lastZxid = 0n;
  }
}
