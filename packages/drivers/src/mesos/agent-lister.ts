import { type Credential, MasterClient, type master, type TlsOptions } from '@galaxy-mesos/mesos-client';

/** An agent as a master lists it. */
export type ListedAgent = master.Response.GetAgents.Agent;

/** What a master says of its agents. */
export interface AgentList {
  readonly agents: readonly ListedAgent[];
  /** How many it knows of from before it began to lead, that have not been heard of since. */
  readonly awaited: number;
}

/** Milliseconds that a master may take to list its agents; of 10,000 it is done within a second. */
const listTimeout = 15_000;

/** What an {@link AgentLister} needs to know. */
export interface AgentListerOptions {
  readonly credential: Credential | undefined;
  readonly tls: TlsOptions | undefined;
  /** Of the leading master; `undefined` before there was one. */
  readonly masterUrl: () => string | undefined;
}

/** Asks the leading master for all its agents. One answer is enough for all who wait for it. */
export class AgentLister {
  readonly #options: AgentListerOptions;
  #listing: Promise<AgentList> | undefined;
  #asking = new AbortController();

  constructor(options: AgentListerOptions) {
    this.#options = options;
  }

  /** @throws MesosError CALL_REFUSED where the operator API is forbidden, and else as MasterClient's `call` does. */
  list(): Promise<AgentList> {
    this.#listing ??= this.#ask().finally(() => {
      this.#listing = undefined;
    });
    return this.#listing;
  }

  /** Waits no longer for an answer that is on its way. */
  stop(): void {
    this.#asking.abort();
  }

  async #ask(): Promise<AgentList> {
    const { masterUrl, credential, tls } = this.#options;
    const url = masterUrl();
    if (url === undefined) return { agents: [], awaited: 0 };
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    await using client = new MasterClient({
      master: new URL(url).origin,
      callTimeout: listTimeout,
      ...(credential && { credential }),
      ...(tls && { tls }),
    });
    const { agents = [], recovered_agents = [] } = await client.call({ type: 'GET_AGENTS' }, { signal });
    return { agents, awaited: recovered_agents.length };
  }
}
