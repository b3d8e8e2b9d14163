import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * Stands between a scheduler and its master, and can keep from the scheduler what its event stream says: that is the
 * first connection of each pair that a session opens.
 */
export interface StreamProxy {
  /** As a session takes it. */
  readonly url: string;
  /** From now on nothing of the event stream reaches the scheduler, not even its end. */
  hold(): void;
  /** The stream goes on where it was held. */
  release(): void;
  /** Ends the event stream towards the master; the scheduler hears nothing of it while it is held. */
  hangUp(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly master: Socket;
}

/** Listens for one session with the master at this address. */
export async function startStreamProxy(masterUrl: string): Promise<StreamProxy> {
  const { port, hostname } = new URL(masterUrl);
  const pairs: Pair[] = [];
  const server = createServer((client) => {
    const master = connect(Number(port), hostname);
    pairs.push({ client, master });
    client.pipe(master);
    master.pipe(client);
    // Either end may go whenever it likes.
    client.on('error', () => master.destroy());
    master.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stream = (): Pair => {
    const [first] = pairs;
    if (!first) throw new Error('no scheduler has connected yet');
    return first;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: () => stream().master.unpipe(stream().client),
    release: () => stream().master.pipe(stream().client),
    hangUp: () => stream().master.destroy(),
    async close() {
      server.close();
      for (const { client, master } of pairs) {
        client.destroy();
        master.destroy();
      }
      await once(server, 'close');
    },
  };
}
