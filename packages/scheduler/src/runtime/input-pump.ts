import type { CoreInput } from './core.ts';
import { giveWay } from './give-way.ts';

/** What the core is to be told. */
export interface Entry {
  readonly input: CoreInput;
  /** Told when what the input changed is durable, or why it is not. */
  readonly settle?: { readonly resolve: () => void; readonly reject: (error: Error) => void };
}

/** What an {@link InputPump} needs. */
export interface PumpParts {
  /** Whether anything is to be processed at all. */
  readonly isOpen: () => boolean;
  /** Must not reject; answers whether there is more to do at once. */
  readonly process: (entries: readonly Entry[]) => Promise<boolean>;
  /** All is processed. */
  readonly onIdle: () => void;
}

// What is taken in at a time: enough for large commits, too little to keep the event loop busy for long.
const inputsAtATime = 500;

/** Brings inputs to where they are processed, in order, some at a time, and lets others have their turn in between. */
export class InputPump {
  readonly #parts: PumpParts;
  #inbox: Entry[] = [];
  #running: Promise<void> | undefined;

  constructor(parts: PumpParts) {
    this.#parts = parts;
  }

  /** Resolved, or absent, when nothing is being processed. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  post(entry: Entry): void {
    this.#inbox.push(entry);
    this.#running ??= this.#run();
  }

  /** Tells those whose inputs came too late to take effect. */
  refuseRest(error: Error): void {
    for (const { settle } of this.#inbox.splice(0)) settle?.reject(error);
  }

  async #run(): Promise<void> {
    const { isOpen, process, onIdle } = this.#parts;
    let more = false;
    do {
      // Lets what happens in the same turn be written in one commit.
      await giveWay();
      if (!isOpen()) break;
      more = await process(this.#inbox.splice(0, inputsAtATime));
    } while (this.#inbox.length > 0 || more);
    // In the same turn as the last look into the inbox: what is posted from now on starts anew.
    this.#running = undefined;
    onIdle();
  }
}
