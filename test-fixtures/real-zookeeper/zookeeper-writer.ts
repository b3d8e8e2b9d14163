import { type Reply, ZooKeeperConnection } from '../../packages/mesos-client/src/zookeeper/connection.ts';
import { type JuteReader, JuteWriter } from '../../packages/mesos-client/src/zookeeper/jute.ts';
import {
  encodeDigest,
  operations,
  type SessionIdentity,
} from '../../packages/mesos-client/src/zookeeper/messages.ts';
import { sessionTimeoutLimits } from './real-zookeeper.ts';

/** Who may do what with a node. */
export const access = {
  everyoneAll: { permissions: 31, scheme: 'world', id: 'anyone' },
  everyoneRead: { permissions: 1, scheme: 'world', id: 'anyone' },
  /** Whoever the writer has authenticated as. */
  creatorAll: { permissions: 31, scheme: 'auth', id: '' },
} as const;

type Access = (typeof access)[keyof typeof access];

/** How a node is created. */
export interface NodeOptions {
  /** Ends with the writer's session. */
  readonly ephemeral?: boolean;
  /** ZooKeeper appends a number of ten digits to the name, one higher than the last. */
  readonly sequence?: boolean;
  /** `everyoneAll` unless told otherwise. */
  readonly access?: readonly Access[];
}

/** How a writer introduces itself. */
export interface WriterOptions {
  /** `user:password`. */
  readonly credential?: string;
  /** Goes on with this session, which ends any other connection of it. */
  readonly session?: SessionIdentity;
}

const writing = { create: 1, remove: 2, setData: 5 } as const;
const anyVersion = -1;
const ephemeralFlag = 1;
const sequenceFlag = 2;
const noSession: SessionIdentity = { id: 0n, password: new Uint8Array(16) };
const openMilliseconds = 10_000;

/** Writes to ZooKeeper as a master would: one connection, which must last. */
export class ZooKeeperWriter {
  readonly #connection: ZooKeeperConnection;

  private constructor(connection: ZooKeeperConnection) {
    this.#connection = connection;
  }

  /** Connects to 127.0.0.1. Rejects where the server does not take it, or the session has expired. */
  static async open(port: number, options: WriterOptions = {}): Promise<ZooKeeperWriter> {
    const connection = new ZooKeeperConnection({ host: '127.0.0.1', port }, 0n);
    const writer = new ZooKeeperWriter(connection);
    const { session = noSession, credential } = options;
    const { timeout } = await connection.introduce(
      { lastZxid: 0n, timeout: sessionTimeoutLimits.maximum, session },
      openMilliseconds,
    );
    if (timeout === 0) throw new Error('the session has expired');
    connection.keepAlive(timeout);
    if (credential !== undefined) await writer.#ask(operations.auth, encodeDigest(credential));
    return writer;
  }

  /** Resolves with the node's path, number included. */
  async create(path: string, data: string | Uint8Array = '', options: NodeOptions = {}): Promise<string> {
    const { ephemeral = false, sequence = false, access: list = [access.everyoneAll] } = options;
    const body = new JuteWriter().string(path).bytes(Buffer.from(data)).int(list.length);
    for (const { permissions, scheme, id } of list) body.int(permissions).string(scheme).string(id);
    body.int((ephemeral ? ephemeralFlag : 0) | (sequence ? sequenceFlag : 0));
    return this.#ask(writing.create, body.finish(), (reader) => reader.string());
  }

  async setData(path: string, data: string | Uint8Array): Promise<void> {
    const body = new JuteWriter().string(path).bytes(Buffer.from(data)).int(anyVersion);
    await this.#ask(writing.setData, body.finish());
  }

  async remove(path: string): Promise<void> {
    await this.#ask(writing.remove, new JuteWriter().string(path).int(anyVersion).finish());
  }

  /** Ends the session, and its ephemeral nodes with it. */
  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #ask(operation: number, body: Uint8Array): Promise<undefined>;
  async #ask<T>(operation: number, body: Uint8Array, decode: (reader: JuteReader) => T): Promise<T>;
  async #ask<T>(operation: number, body: Uint8Array, decode?: (reader: JuteReader) => T) {
    const reply: Reply<T | undefined> = await this.#connection.request(operation, body, (reader) =>
      decode?.(reader),
    );
    if (reply.status !== 'OK') throw new Error(`ZooKeeper refused operation ${operation}: ${reply.status}`);
    return reply.value;
  }
}
