import type { agent } from '@galaxy-mesos/mesos-client';
import type { EventStream } from '../event-stream.ts';
import { Inbox } from '../inbox.ts';

/** What waits for the end of a container. */
type Waiting = (exitStatus: number) => void;

/** Exit status of a process that SIGKILL ended, as waitpid tells it. */
const killed = 9;

/** A container of an agent: its output as the test says, its input as it came. */
export class ContainerSession {
  /** Ids from the outermost to its own, with dots between. */
  readonly id: string;
  /** Whether its input and output can be attached to. */
  readonly isAttachable: boolean;
  readonly #outputs = new Set<EventStream<agent.ProcessIO>>();
  readonly #input = new Inbox<agent.ProcessIO>();
  readonly #waiting: Waiting[] = [];
  #exitStatus: number | undefined;

  constructor(id: string, isAttachable: boolean) {
    this.id = id;
    this.isAttachable = isAttachable;
  }

  /** Streams of its output that are open. */
  get outputs(): readonly EventStream<agent.ProcessIO>[] {
    return [...this.#outputs];
  }

  /** Sends output to all that are attached. */
  stdout(data: Uint8Array | string): this {
    return this.#output('STDOUT', data);
  }

  /** Sends output to all that are attached. */
  stderr(data: Uint8Array | string): this {
    return this.#output('STDERR', data);
  }

  /** The next input, control messages and heartbeats among it; each is handed out once. */
  nextInput(isWanted?: (input: agent.ProcessIO) => boolean): Promise<agent.ProcessIO> {
    return this.#input.next(isWanted);
  }

  /** Ends the container and the streams of its output; the status is that of waitpid (exit 3 is 768). */
  exit(status = 0): void {
    this.#exitStatus ??= status;
    for (const output of this.#outputs) output.end();
    for (const wait of this.#waiting.splice(0)) wait(this.#exitStatus);
  }

  /** Ends it with SIGKILL; so Mesos tells it whatever the signal was. */
  kill(): void {
    this.exit(killed);
  }

  /** Whether and how it has ended. */
  get exitStatus(): number | undefined {
    return this.#exitStatus;
  }

  /** @private One more stream of its output; where it `owns` the container, that dies with it. */
  attach(output: EventStream<agent.ProcessIO>, owns: boolean): void {
    this.#outputs.add(output);
    void output.closed.then(() => {
      this.#outputs.delete(output);
      if (owns) this.kill();
    });
  }

  /** @private Takes input. */
  take(input: agent.ProcessIO): void {
    this.#input.put(input);
  }

  /** @private Calls back with the exit status, at once if it has ended. */
  wait(waiting: Waiting): void {
    if (this.#exitStatus === undefined) this.#waiting.push(waiting);
    else waiting(this.#exitStatus);
  }

  #output(type: 'STDOUT' | 'STDERR', data: Uint8Array | string): this {
    const event = { type: 'DATA', data: { type, data: Buffer.from(data) } } as const;
    for (const output of this.#outputs) output.send(event);
    return this;
  }
}
