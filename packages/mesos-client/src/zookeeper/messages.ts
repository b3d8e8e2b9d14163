import { JuteReader, JuteWriter } from './jute.ts';

/**
 * The part of ZooKeeper's client protocol that reading needs, as of server 3.8:
 * https://github.com/apache/zookeeper/blob/release-3.8.0/zookeeper-jute/src/main/resources/zookeeper.jute
 */

/** The kinds of requests, by their numbers on the wire. */
export const operations = {
  exists: 3,
  getData: 4,
  getChildren: 8,
  ping: 11,
  auth: 100,
  closeSession: -11,
} as const;

/** Numbers that stand where a request's own number would: of what is no answer to one. */
export const specialXids = { notification: -1, ping: -2, auth: -4 } as const;

/** What a server says of a request; a number is one that makes no difference to us. */
export type Status = 'OK' | 'NO_NODE' | 'NO_AUTH' | 'AUTH_FAILED' | 'SASL_REQUIRED' | number;

const statuses: Readonly<Record<number, Status>> = {
  0: 'OK',
  [-101]: 'NO_NODE',
  [-102]: 'NO_AUTH',
  [-115]: 'AUTH_FAILED',
  // Named after SASL, but said by servers that ask for any authentication: `enforce.auth.enabled`.
  [-124]: 'SASL_REQUIRED',
};

/** A session as the server knows it. */
export interface SessionIdentity {
  /** 0 asks for a new one. */
  readonly id: bigint;
  /** Handed out with the id: whoever has both may go on with the session. */
  readonly password: Uint8Array;
}

/** How a client introduces itself, the first frame of a connection. */
export interface ConnectRequest {
  /** The youngest transaction seen: a server that is behind it refuses, so that we never read the past. */
  readonly lastZxid: bigint;
  /** What the client would like, in milliseconds; the server has limits of its own. */
  readonly timeout: number;
  readonly session: SessionIdentity;
}

/** The server's first frame. */
export interface ConnectAnswer {
  /** In milliseconds; 0 means that the session asked for has expired. */
  readonly timeout: number;
  readonly session: SessionIdentity;
}

/** What stands in front of every answer. */
export interface ReplyHeader {
  readonly xid: number;
  /** The youngest transaction the server knows; negative where it has nothing to say of that. */
  readonly zxid: bigint;
  readonly status: Status;
}

const protocolVersion = 0;

export function encodeConnect(request: ConnectRequest): Uint8Array {
  return new JuteWriter()
    .int(protocolVersion)
    .long(request.lastZxid)
    .int(request.timeout)
    .long(request.session.id)
    .bytes(request.session.password)
    .boolean(false)
    .finish();
}

/** Throws MALFORMED_MESSAGE. */
export function decodeConnectAnswer(payload: Uint8Array): ConnectAnswer {
  const reader = new JuteReader(payload);
  reader.int();
  const answer = { timeout: reader.int(), session: { id: reader.long(), password: reader.bytes() } };
  // Whether the server is read-only; those before 3.4 do not say.
  if (reader.remaining > 0) reader.boolean();
  reader.end();
  return answer;
}

/** `operation` is one of `operations`; `body` what it needs, already encoded. */
export function encodeRequest(
  xid: number,
  operation: number,
  body: Uint8Array = new Uint8Array(),
): Uint8Array {
  const header = new JuteWriter().int(xid).int(operation).finish();
  const payload = new Uint8Array(header.length + body.length);
  payload.set(header);
  payload.set(body, header.length);
  return payload;
}

/** The body of exists, getData and getChildren, which leave a watch behind. */
export function encodeWatchedPath(path: string): Uint8Array {
  return new JuteWriter().string(path).boolean(true).finish();
}

/** The body of auth: `user:password` as it stands. */
export function encodeDigest(credential: string): Uint8Array {
  return new JuteWriter().int(0).string('digest').string(credential).finish();
}

/** Reads the header and leaves the reader at the body. Throws MALFORMED_MESSAGE. */
export function decodeReplyHeader(reader: JuteReader): ReplyHeader {
  const xid = reader.int();
  const zxid = reader.long();
  const code = reader.int();
  return { xid, zxid, status: statuses[code] ?? code };
}

/** The names of a node's children, without a path, in no order. Throws MALFORMED_MESSAGE. */
export function decodeChildren(reader: JuteReader): readonly string[] {
  const children = reader.strings();
  reader.end();
  return children;
}

/** Six numbers of eight bytes and five of four, that we have no use for: times, versions, owner, sizes. */
const statBytes = 6 * 8 + 5 * 4;

function skipStat(reader: JuteReader): void {
  for (let count = 0; count < statBytes; count += 4) reader.int();
  reader.end();
}

/** A node's data. Throws MALFORMED_MESSAGE. */
export function decodeData(reader: JuteReader): Uint8Array {
  const data = reader.bytes();
  skipStat(reader);
  return data;
}

/** The answer to exists, where the node does. Throws MALFORMED_MESSAGE. */
export function decodeExists(reader: JuteReader): true {
  skipStat(reader);
  return true;
}
