import { createCodec } from '../codec/codec.ts';
import { createMasterDetector } from '../leader/create-master-detector.ts';
import { parseMasterAddress } from '../leader/master-address.ts';
import type { MasterDetector } from '../leader/master-detector.ts';
import { linkAbort } from '../linked-abort.ts';
import { longestTimer } from '../longest-timer.ts';
import { MesosError } from '../mesos-error.ts';
import { EndpointFinder } from './endpoint-finder.ts';
import { allowedSilence, masterEvents } from './master-events.ts';
import { OperatorChannel } from './operator-channel.ts';
import { OperatorClient } from './operator-client.ts';
import type { MasterEvent, MasterWatchEvent } from './operator-messages.ts';
import type { Abortable, OperatorOptions } from './operator-options.ts';
import { RecordReader } from './record-reader.ts';
import { watchMaster } from './watch-master.ts';

/** What a client of masters is made from. */
export interface MasterClientOptions extends OperatorOptions {
  /**
   * `host:5050`, `http://host:5050`, a list such as `https://a:5050,b:5050`, `zk://a:2181,b:2181/mesos`, or
   * `file:///path` of a file that holds one of these. With `tls` set, addresses without a scheme mean https.
   */
  readonly master: string;
}

/**
 * The operator API of the master that leads: state, agents, weights, quota, reservations, volumes, maintenance,
 * draining, files, events. Finds the leader and follows it. Close it when done: it keeps connections alive.
 *
 * Where Mesos's documentation misleads: `max_grace_period` of DRAIN_AGENT is `{ seconds: 600n }`, not `"10mins"`;
 * times of maintenance are nanoseconds in a `bigint`; RESERVE_RESOURCES and CREATE_VOLUMES need unallocated resources
 * without `allocation_info`, and volumes are destroyed before their disk is unreserved; DRAIN_AGENT and MARK_AGENT_GONE
 * are answered when they are noted, not when the agent is empty, and a drained agent takes work again only after
 * REACTIVATE_AGENT; MARK_AGENT_GONE can never be undone.
 */
export class MasterClient extends OperatorClient<'master'> {
  readonly #detector: MasterDetector;

  /** Connects nowhere yet. Throws INVALID_MASTER_URL. */
  constructor(options: MasterClientOptions) {
    const scheme = options.tls ? 'https' : 'http';
    const detector = createMasterDetector(parseMasterAddress(options.master, scheme), {
      rewrite: options.rewriteAddress,
      scheme,
    });
    const patience = options.patience ?? 0;
    const candidates = async (signal: AbortSignal) => {
      const longest = Math.max(patience, channel.connection.timeout);
      const masters = await mastersWithin(detector, Math.min(longest, longestTimer), signal);
      return masters.map((master) => new URL('/api/v1', master));
    };
    const channel = new OperatorChannel('master', options, new EndpointFinder({ candidates, patience }));
    super(channel);
    this.#detector = detector;
    // The old leader may hang rather than refuse.
    detector.onLeader(() => channel.finder.forget());
  }

  /** Of the master that answered last: `http://host:5050`. Undefined before, and where it was lost since. */
  get masterUrl(): string | undefined {
    return this.channel.finder.found?.origin;
  }

  /**
   * The events of one subscription: first SUBSCRIBED with the whole state, then all that changes, and heartbeats. The
   * connection lasts until the loop is left or the signal fires. What is not taken is held by the master. Throws
   * CONNECTION_LOST where the stream ends, five heartbeats are missing or ZooKeeper names another leader; ABORTED;
   * and as `call` does.
   */
  subscribe(options: Abortable = {}): AsyncGenerator<MasterEvent, void, undefined> {
    return this.channel.iterate(options.signal, (scope) => this.#subscribe(scope));
  }

  /**
   * As `subscribe`, but subscribes again by itself wherever a connection is lost, waiting longer each time, 15 s at
   * most; each time SUBSCRIBED brings the state anew. Throws only where trying again cannot help (UNAUTHENTICATED,
   * CALL_REFUSED, RECORD_TOO_LARGE, ...), and ABORTED.
   */
  watch(options: Abortable = {}): AsyncGenerator<MasterWatchEvent, void, undefined> {
    // Without patience of its own, so that the reasons are told.
    return this.channel.iterate(options.signal, (scope) =>
      watchMaster(() => this.#subscribe(scope, 0), scope),
    );
  }

  override async close(): Promise<void> {
    await super.close();
    await this.#detector.close();
  }

  /** A standby does not redirect requests for files: the leader has to be known before. */
  protected override async fileServer(scope: AbortSignal): Promise<URL> {
    await this.channel.ask({ type: 'GET_HEALTH' }, scope);
    const { found } = this.channel.finder;
    if (!found) throw new MesosError('NOT_CONNECTED', 'the leading master was lost just now');
    return new URL('/', found);
  }

  async *#subscribe(signal: AbortSignal, patience?: number): AsyncGenerator<MasterEvent, void, undefined> {
    const { channel } = this;
    const call = { type: 'SUBSCRIBE' };
    const accept = { accept: channel.callCodec.contentType };
    const stream = await channel.open(call, signal, accept, patience);
    const reader = new RecordReader(stream, {
      callType: call.type,
      maximumRecordBytes: channel.maximumRecordBytes,
      allowedSilence: allowedSilence(undefined),
      signal,
    });
    const stopListening = this.#detector.onLeader((leader) => {
      if (leader.origin !== stream.url.origin)
        reader.fail(new MesosError('CONNECTION_LOST', `${leader.origin} leads now`));
    });
    try {
      const codec = createCodec(channel.options.contentType ?? 'protobuf', 'mesos.v1.master.Event');
      yield* masterEvents(reader, codec, stream.url.origin);
    } finally {
      stopListening();
      await stream.close();
    }
  }
}

/** ZooKeeper may be away or name no leader for as long as it likes; a call does not wait that long. */
async function mastersWithin(
  detector: MasterDetector,
  milliseconds: number,
  signal: AbortSignal,
): Promise<readonly URL[]> {
  const search = linkAbort(signal);
  const timeout = setTimeout(() => search.abort(), milliseconds);
  try {
    return await detector.candidates(search.signal);
  } catch (error) {
    if (signal.reason instanceof MesosError) throw signal.reason;
    if (signal.aborted || !search.signal.aborted) throw error;
    const trouble = detector.trouble === undefined ? '' : `: ${detector.trouble}`;
    throw new MesosError('MASTER_NOT_READY', `no master leads after ${milliseconds / 1000} s${trouble}`);
  } finally {
    clearTimeout(timeout);
    search.release();
  }
}
