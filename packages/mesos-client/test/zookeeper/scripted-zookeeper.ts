import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { encodeFrame, FrameDecoder } from '../../src/zookeeper/frame-decoder.ts';
import { JuteReader, JuteWriter } from '../../src/zookeeper/jute.ts';
import { operations } from '../../src/zookeeper/messages.ts';

/** A request as it arrived. */
export interface ScriptedRequest {
  readonly xid: number;
  readonly operation: number;
  readonly body: JuteReader;
}

/** What a client said when it connected. */
export interface ScriptedGreeting {
  readonly lastZxid: bigint;
  readonly sessionId: bigint;
}

/** How the server behaves; where it says nothing it accepts every session. */
export interface Script {
  readonly greet?: (greeting: ScriptedGreeting, peer: Peer) => void;
  readonly answer: (request: ScriptedRequest, peer: Peer) => void;
}

/** A connected client. */
export class Peer {
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Sends a frame. */
  send(payload: Uint8Array): void {
    this.socket.write(encodeFrame(payload));
  }

  /** Answers the greeting; a timeout of 0 means that the session has expired. */
  accept(sessionId: bigint, timeout: number): void {
    this.send(
      new JuteWriter().int(0).int(timeout).long(sessionId).bytes(new Uint8Array(16)).boolean(false).finish(),
    );
  }

  /** Answers a request. */
  reply(xid: number, zxid: bigint, error: number, body: Uint8Array = new Uint8Array()): void {
    const header = new JuteWriter().int(xid).long(zxid).int(error).finish();
    this.send(Buffer.concat([header, body]));
  }
}

/** A running server. */
export interface ScriptedZooKeeper {
  readonly port: number;
  /** All that came, in order. */
  readonly greetings: readonly ScriptedGreeting[];
  /** Those who are connected now. */
  readonly peers: ReadonlySet<Peer>;
  close(): Promise<void>;
}

const acceptedSession = 7n;
const acceptedTimeout = 4000;

function readGreeting(payload: Uint8Array): ScriptedGreeting {
  const reader = new JuteReader(payload);
  reader.int();
  const lastZxid = reader.long();
  reader.int();
  return { lastZxid, sessionId: reader.long() };
}

function answerRequest(payload: Uint8Array, peer: Peer, script: Script): void {
  const body = new JuteReader(payload);
  const [xid, operation] = [body.int(), body.int()];
  if (operation === operations.ping) peer.reply(xid, 0n, 0);
  else if (operation === operations.closeSession) peer.reply(xid, 0n, 0);
  else script.answer({ xid, operation, body }, peer);
}

/**
 * Speaks ZooKeeper's protocol as a script has it: for what a real server cannot be made to do. Answers pings and the
 * end of a session by itself.
 */
export async function startScriptedZooKeeper(script: Script): Promise<ScriptedZooKeeper> {
  const greetings: ScriptedGreeting[] = [];
  const peers = new Set<Peer>();
  const { greet = (_, peer) => peer.accept(acceptedSession, acceptedTimeout) } = script;
  const server = createServer((socket) => {
    const peer = new Peer(socket);
    let isGreeted = false;
    const decoder = new FrameDecoder((payload) => {
      if (isGreeted) return answerRequest(payload, peer, script);
      isGreeted = true;
      const greeting = readGreeting(payload);
      greetings.push(greeting);
      greet(greeting, peer);
    });
    peers.add(peer);
    socket.on('data', (chunk) => decoder.push(chunk));
    socket.on('close', () => peers.delete(peer));
    // The client may go whenever it likes.
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    greetings,
    peers,
    async close() {
      server.close();
      for (const peer of peers) peer.socket.destroy();
      await once(server, 'close');
    },
  };
}
