import { setTimeout as sleep } from 'node:timers/promises';
import {
  AgentClient,
  agentAddressOf,
  type Credential,
  MesosError,
  type mesos,
  sandboxPath,
  type TlsOptions,
} from '@galaxy-mesos/mesos-client';
import type { AttemptReference, FilePart } from '@galaxy-mesos/scheduler';
import { DriverError, messageOf } from '../errors.ts';
import { textOfTail } from '../tail-text.ts';
import { forEachInTurns } from '../turns.ts';
import { authorityOf } from './address.ts';
import type { AgentList } from './agent-lister.ts';

/** An address for people is worth no longer wait; what was asked for comes in time for later updates. */
const addressMilliseconds = 1000;

/** Of so many attempts in groups the executor is remembered: more than anybody reads the files of at a time. */
const rememberedMembers = 100_000;

/** What {@link Agents} needs to know of the framework. */
export interface AgentsOptions {
  readonly credential: Credential | undefined;
  readonly tls: TlsOptions | undefined;
  /** Of the leading master; `undefined` before there was one. */
  readonly masterUrl: () => string | undefined;
  readonly frameworkId: () => string | undefined;
  /** Asks the master for all its agents. */
  readonly list: () => Promise<AgentList>;
}

async function tailOf(client: AgentClient, path: string, maximumBytes: number): Promise<string> {
  const { size } = await client.readFile(path, { length: 0 });
  const wanted = Math.max(0, Math.floor(Math.min(maximumBytes, size)));
  const start = size - wanted;
  const bytes = wanted === 0 ? Buffer.alloc(0) : await client.readWholeFile(path, { offset: start });
  return textOfTail(bytes, start > 0);
}

/** The agents of a cluster, as far as they were heard of: where they listen, and the sandboxes on them. */
export class Agents {
  readonly #options: AgentsOptions;
  /** An agent keeps its address for as long as it keeps its id. */
  readonly #urls = new Map<string, string>();
  /** Agents that the master did not know when it was asked. */
  readonly #unknown = new Set<string>();
  /** The executors of attempts in groups; any other attempt has one of its own, which bears its id. */
  readonly #executors = new Map<string, string>();

  constructor(options: AgentsOptions) {
    this.#options = options;
  }

  /** Learns where the agent of an offer listens. */
  learn({ agent_id, url }: mesos.Offer): void {
    const authority = url && authorityOf([url.address.hostname, url.address.ip], url.address.port);
    if (authority === undefined) return;
    this.#urls.set(agent_id.value, `${url?.scheme ?? 'http'}://${authority}${url?.path ?? ''}`);
  }

  /**
   * Learns where agents listen that may have made no offer to this driver, as far as the master tells. Never
   * throws: all that would be missing is an address for people.
   */
  async learnFromMaster(agentIds: readonly string[]): Promise<void> {
    const isNews = (id: string) => id !== '' && !this.#urls.has(id) && !this.#unknown.has(id);
    const wanted = new Set(agentIds.filter(isNews));
    if (wanted.size === 0) return;
    const listed = this.list()
      .catch(() => {})
      .then(() => {
        for (const id of wanted) if (!this.#urls.has(id)) this.#unknown.add(id);
      });
    const patience = new AbortController();
    const over = sleep(addressMilliseconds, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([listed, over]);
    patience.abort();
  }

  /** Agents that were unknown may be known to a master that begins to lead, or has begun anew. */
  newMaster(): void {
    this.#unknown.clear();
  }

  /** Learns which executor runs an attempt. */
  learnExecutor(attemptId: string, executorId: string): void {
    if (executorId === attemptId) return;
    this.#executors.set(attemptId, executorId);
    const [oldest] = this.#executors.keys();
    if (this.#executors.size > rememberedMembers && oldest !== undefined) this.#executors.delete(oldest);
  }

  /** Where a person finds the files of an attempt: a page of the agent that lists them. */
  sandboxOf({ attemptId, agentId }: AttemptReference): string | undefined {
    const url = this.#urls.get(agentId);
    const path = this.#sandboxPath(attemptId);
    if (url === undefined || path === undefined) return undefined;
    // Files are served at the root, also where several agents share a process and have a path each.
    return `${new URL(url).origin}/files/browse?path=${path.split('/').map(encodeURIComponent).join('/')}`;
  }

  /**
   * The last bytes of a file in the sandbox of an attempt, `''` if there is none.
   * @throws DriverError SANDBOX_UNREADABLE
   */
  tail(attempt: AttemptReference, file: string, maximumBytes: number): Promise<string> {
    return this.#ofFile(attempt, file, '', (client, path) => tailOf(client, path, maximumBytes));
  }

  /**
   * What stands in a file in the sandbox of an attempt from a place on, as much as an agent tells at once.
   * @throws DriverError SANDBOX_UNREADABLE
   */
  read(attempt: AttemptReference, file: string, from: number, maximumBytes: number): Promise<FilePart> {
    return this.#ofFile<FilePart>(
      attempt,
      file,
      { bytes: new Uint8Array(), size: 0 },
      async (client, path) => {
        const { data, size } = await client.readFile(path, { offset: from, length: maximumBytes });
        return { bytes: data, size };
      },
    );
  }

  async #ofFile<T>(
    attempt: AttemptReference,
    file: string,
    nothing: T,
    read: (client: AgentClient, path: string) => Promise<T>,
  ): Promise<T> {
    try {
      if (!this.#urls.has(attempt.agentId)) await this.list();
      const url = this.#urls.get(attempt.agentId);
      const sandbox = this.#sandboxPath(attempt.attemptId);
      if (url === undefined || sandbox === undefined) return nothing;
      await using client = new AgentClient({ agent: url, ...this.#access() });
      return await read(client, `${sandbox}/${file}`);
    } catch (cause) {
      if (cause instanceof MesosError && cause.status === 404) return nothing;
      const message = `${file} of ${attempt.attemptId} cannot be read: ${messageOf(cause)}`;
      throw new DriverError('SANDBOX_UNREADABLE', message, { cause });
    }
  }

  /** All agents as the master lists them, whose addresses are known from then on. @throws MesosError */
  async list(): Promise<AgentList> {
    const list = await this.#options.list();
    const scheme = this.#options.masterUrl()?.startsWith('https:') ? 'https' : 'http';
    await forEachInTurns(list.agents, ({ agent_info: { id }, pid }) => {
      // An offer tells more: the scheme, too.
      if (id === undefined || this.#urls.has(id.value)) return;
      const address = agentAddressOf(pid, scheme);
      if (address !== undefined) this.#urls.set(id.value, address);
    });
    return list;
  }

  /** `latest` is a link that Mesos itself keeps. */
  #sandboxPath(attemptId: string): string | undefined {
    const frameworkId = this.#options.frameworkId();
    if (frameworkId === undefined) return undefined;
    const executorId = this.#executors.get(attemptId);
    if (executorId === undefined) return sandboxPath({ frameworkId, executorId: attemptId });
    return `${sandboxPath({ frameworkId, executorId })}/tasks/${attemptId}`;
  }

  #access(): { readonly credential?: Credential; readonly tls?: TlsOptions } {
    const { credential, tls } = this.#options;
    return { ...(credential && { credential }), ...(tls && { tls }) };
  }
}
