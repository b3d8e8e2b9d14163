import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, and breaks connections when it is told to. */
export interface CuttingProxy {
  readonly port: number;
  /** Cuts the connection on which these bytes are sent next, after all earlier cuts: before the server has them, or once it has answered. */
  cutAt(bytes: string, when: 'before' | 'after'): void;
  /** How often it has done so. */
  readonly cuts: number;
  close(): Promise<void>;
}

/** Starts one before a port of this machine. */
export async function startCuttingProxy(target: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const plans: { bytes: string; when: 'before' | 'after' }[] = [];
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    let isMarked = false;
    const cut = () => {
      cuts++;
      client.destroy();
      upstream.destroy();
    };
    client.on('data', (data: Buffer) => {
      const [plan] = plans;
      if (plan && data.includes(plan.bytes)) {
        isMarked = true;
        plans.shift();
        if (plan.when === 'before') return cut();
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => (isMarked ? cut() : client.write(data)));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port could be had');
  return {
    port: address.port,
    cutAt: (bytes, when) => void plans.push({ bytes, when }),
    get cuts() {
      return cuts;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
