import { once } from 'node:events';
import { createServer, connect as open, type Server, type Socket } from 'node:net';

const original = Buffer.from('CORRUPT-THIS');
const corrupted = Buffer.from('corrupt-THIS');

/** What stands between agents and the daemon, and does not always do its work. */
export class FaultyProxy {
  /** After so many bytes in all, in both directions, a connection is cut; the first number is for the next one. */
  readonly cuts: number[] = [];
  /** How often a text that passes is changed on its way. */
  corruptions = 0;
  /** Bytes that were passed on, in both directions. */
  passed = 0;
  /** Connections that could not be made, since the daemon was not there. */
  refused = 0;
  /** Called before a connection is cut. */
  onCut: () => void = () => {};
  readonly #target: () => string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** @param target where the daemon is: a URL */
  constructor(target: () => string) {
    this.#target = target;
    this.#server = createServer((client) => this.#serve(client));
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(client: Socket): void {
    const { hostname, port } = new URL(this.#target());
    const daemon = open(Number(port), hostname);
    const state = { left: this.cuts.shift() ?? Number.POSITIVE_INFINITY };
    for (const socket of [client, daemon]) {
      this.#sockets.add(socket);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        client.destroy();
        daemon.destroy();
      });
    }
    client.on('error', () => {});
    daemon.on('error', () => {
      this.refused += 1;
    });
    this.#pass(client, daemon, state);
    this.#pass(daemon, client, state);
  }

  #pass(from: Socket, to: Socket, state: { left: number }): void {
    from.on('data', (data: Buffer) => {
      this.#corrupt(data);
      const part = data.subarray(0, state.left);
      state.left -= part.length;
      this.passed += part.length;
      if (!to.write(part)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
      if (state.left > 0) return;
      this.onCut();
      // What was passed on arrives; then there is nothing more.
      to.end(() => from.destroy());
    });
    from.on('end', () => to.end());
  }

  #corrupt(data: Buffer): void {
    const place = this.corruptions > 0 ? data.indexOf(original) : -1;
    if (place < 0) return;
    this.corruptions -= 1;
    corrupted.copy(data, place);
  }
}
