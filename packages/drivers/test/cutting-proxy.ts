import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where a connection is cut: before a request is passed on, or before its answer is. */
export type Cut = 'before the request' | 'before the answer';

/** Stands between a driver and a real master, and cuts the connection that carries a certain call. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #next: { readonly cut: Cut; readonly word: string } | undefined;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(target: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(new URL(target));
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy listens on no port');
    return `http://127.0.0.1:${address.port}`;
  }

  /** Cuts once, at the next call that holds a word. */
  cut(cut: Cut, word: string): void {
    this.#next = { cut, word };
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket): void {
    const master = connect(Number(this.#target.port), this.#target.hostname);
    const end = () => {
      client.destroy();
      master.destroy();
    };
    for (const socket of [client, master]) {
      this.#sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    let isMuted = false;
    client.on('data', (data) => {
      if (this.#next && data.includes(this.#next.word)) {
        if (this.#next.cut === 'before the request') end();
        isMuted = true;
        this.#next = undefined;
      }
      if (!client.destroyed) master.write(data);
    });
    master.on('data', (data) => (isMuted ? end() : client.write(data)));
  }
}
