import { type Credential, type mesos, OperatorClient } from '@galaxy-mesos/mesos-client';
import type { AttemptReference } from '@galaxy-mesos/scheduler';

/** Mesos answers no more of a file at once (16 pages). */
const longestRead = 65_536;

/** The agents of a cluster, as far as they were heard of: where they listen, and the sandboxes on them. */
export class Agents {
  readonly #urls = new Map<string, string>();
  readonly #credential: Credential | undefined;
  readonly #masterUrl: () => string | undefined;

  constructor(masterUrl: () => string | undefined, credential: Credential | undefined) {
    this.#masterUrl = masterUrl;
    this.#credential = credential;
  }

  /** Learns where the agent of an offer listens. */
  learn({ agent_id, url }: mesos.Offer): void {
    const { hostname, ip, port } = url?.address ?? {};
    const host = hostname ?? ip;
    if (!url || host === undefined) return;
    this.#urls.set(agent_id.value, `${url.scheme}://${host}:${port}${url.path ?? ''}`);
  }

  /** Where a person finds the files of an attempt: a page of the agent that lists them. */
  sandboxOf({ attemptId, agentId }: AttemptReference, frameworkId: string): string | undefined {
    const url = this.#urls.get(agentId);
    const path = encodeURIComponent(sandboxPath(frameworkId, attemptId));
    return url === undefined ? undefined : `${new URL(url).origin}/files/browse?path=${path}`;
  }

  /** The last bytes of a file in the sandbox of an attempt, `''` if there is none. */
  async tail(
    attempt: AttemptReference,
    frameworkId: string,
    file: string,
    maximumBytes: number,
  ): Promise<string> {
    const url = this.#urls.get(attempt.agentId) ?? (await this.#find(attempt.agentId));
    if (url === undefined) return '';
    await using client = new OperatorClient('agent', this.#clientOptions(url));
    const path = `${sandboxPath(frameworkId, attempt.attemptId)}/${file}`;
    const read = async (offset: bigint, length: bigint) =>
      client.call({ type: 'READ_FILE', read_file: { path, offset, length } });
    try {
      const { size } = await read(0n, 0n);
      const length = BigInt(Math.min(maximumBytes, longestRead));
      const { data } = await read(size > length ? size - length : 0n, length);
      return Buffer.from(data).toString();
    } catch (error) {
      if (isMissing(error)) return '';
      throw error;
    }
  }

  /** Asks the master for the address of an agent that has made no offer since this driver began. */
  async #find(agentId: string): Promise<string | undefined> {
    const url = this.#masterUrl();
    if (url === undefined) return undefined;
    await using client = new OperatorClient('master', this.#clientOptions(url));
    const { agents = [] } = await client.call({ type: 'GET_AGENTS' });
    const pid = agents.find(({ agent_info }) => agent_info.id?.value === agentId)?.pid;
    const [, name, address] = /^(.+)@(.+)$/.exec(pid ?? '') ?? [];
    if (name === undefined || address === undefined) return undefined;
    const found = `${new URL(url).protocol}//${address}/${name}`;
    this.#urls.set(agentId, found);
    return found;
  }

  #clientOptions(url: string): { url: string; credential?: Credential } {
    return { url, ...(this.#credential && { credential: this.#credential }) };
  }
}

/** The command executor bears the id of its task. `latest` is a link that Mesos itself keeps. */
const sandboxPath = (frameworkId: string, attemptId: string): string =>
  `/frameworks/${frameworkId}/executors/${attemptId}/runs/latest`;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'status' in error && error.status === 404;
