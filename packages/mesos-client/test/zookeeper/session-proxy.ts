import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { FrameDecoder } from '../../src/zookeeper/frame-decoder.ts';
import { decodeConnectAnswer, type SessionIdentity } from '../../src/zookeeper/messages.ts';

/** Stands between a client and a server of ZooKeeper. */
export interface SessionProxy {
  readonly port: number;
  /** The sessions that the server gave or went on with, in order. */
  readonly sessions: readonly SessionIdentity[];
  /** How many connections there are now. */
  readonly connected: number;
  /** Cuts all connections there are. */
  cut(): void;
  /** While true nothing gets through: connections are made and stay silent. */
  isSilent: boolean;
  close(): Promise<void>;
}

/** Listens in on the greeting, so that a test can end the session behind the client's back. */
export async function startSessionProxy(serverPort: number): Promise<SessionProxy> {
  const sessions: SessionIdentity[] = [];
  const clients = new Set<Socket>();
  const state = { isSilent: false };
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    let isGreeted = false;
    const decoder = new FrameDecoder((payload) => {
      if (isGreeted) return;
      isGreeted = true;
      const { timeout, session } = decodeConnectAnswer(payload);
      if (timeout > 0) sessions.push(session);
    });
    clients.add(client);
    upstream.on('data', (chunk) => {
      decoder.push(chunk);
      if (!state.isSilent) client.write(chunk);
    });
    client.on('data', (chunk) => state.isSilent || upstream.write(chunk));
    client.on('close', () => {
      clients.delete(client);
      upstream.destroy();
    });
    upstream.on('close', () => client.destroy());
    // Both ends may go whenever they like: the other one then goes as well.
    client.on('error', () => undefined);
    upstream.on('error', () => undefined);
  });
  const cut = () => {
    for (const client of clients) client.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    get connected() {
      return clients.size;
    },
    cut,
    get isSilent() {
      return state.isSilent;
    },
    set isSilent(value) {
      state.isSilent = value;
    },
    async close() {
      server.close();
      cut();
      await once(server, 'close');
    },
  };
}
