import { DelayLine } from './time/delay-line.ts';
import type { VirtualTime } from './time/virtual-time.ts';

/** Something on its way from one process to another. */
export interface Message {
  readonly hop:
    | 'scheduler-to-master'
    /** The answer to a call: without it, its sender cannot tell what became of it. */
    | 'answer'
    | 'master-to-scheduler'
    | 'master-to-agent'
    | 'agent-to-master';
  /** The type of the call or event; `LAUNCH`, `KILL` and `ACKNOWLEDGE` to agents, `UPDATE` from them. */
  readonly type: string;
  readonly frameworkId?: string;
  readonly agentId?: string;
  readonly taskId?: string;
  /** Of an update. */
  readonly state?: string;
}

/** Something that goes wrong with messages. */
export interface Fault {
  readonly name: string;
  /**
   * After how many more milliseconds each copy of a message arrives (none: it is lost), or `undefined` for one that the
   * fault has nothing to do with.
   */
  fates(message: Message, now: number): readonly number[] | undefined;
}

/** How long messages take, in milliseconds. */
export interface Latencies {
  /** Between schedulers and masters, each way. */
  readonly scheduler: number;
  /** Between masters and agents, each way. */
  readonly agent: number;
}

/** Carries messages between processes; in order, unless there are faults. */
export class Network {
  /** All that are in force; each is asked in turn about what the others have made of a message. */
  readonly faults = new Set<Fault>();
  readonly #time: VirtualTime;
  readonly #latencies: Latencies;
  readonly #schedulerLine: DelayLine;
  readonly #agentLine: DelayLine;
  #lost = 0;

  constructor(time: VirtualTime, latencies: Latencies) {
    this.#time = time;
    this.#latencies = latencies;
    this.#schedulerLine = new DelayLine(time, latencies.scheduler);
    this.#agentLine = new DelayLine(time, latencies.agent);
  }

  /** How many messages faults have lost. */
  get lost(): number {
    return this.#lost;
  }

  /** Calls back whenever a copy arrives; at once where there is no latency. */
  carry(message: Message, arrive: () => void): void {
    const isOfAgent = message.hop === 'master-to-agent' || message.hop === 'agent-to-master';
    const latency = isOfAgent ? this.#latencies.agent : this.#latencies.scheduler;
    const line = isOfAgent ? this.#agentLine : this.#schedulerLine;
    for (const delay of this.faults.size > 0 ? this.#delays(message) : onTime) {
      if (delay > 0) this.#time.after(delay + latency, arrive);
      else if (latency > 0) line.push(arrive);
      else arrive();
    }
  }

  #delays(message: Message): readonly number[] {
    let delays: readonly number[] = onTime;
    for (const fault of this.faults) {
      const more = fault.fates(message, this.#time.now);
      if (more) delays = delays.flatMap((delay) => more.map((one) => delay + one));
    }
    if (delays.length === 0) this.#lost++;
    return delays;
  }
}

const onTime: readonly number[] = [0];
