import { setTimeout as sleep } from 'node:timers/promises';

/** A job as Galaxy tells of it, as far as tests look at it. */
export interface GalaxyJob {
  readonly id: string;
  readonly state: string;
  readonly exit_code: number | null;
  readonly tool_stdout: string | null;
  readonly tool_stderr: string | null;
  readonly job_messages:
    | readonly { readonly code_desc?: string; readonly desc?: string; readonly type?: string }[]
    | null;
  readonly outputs: Readonly<Record<string, { readonly id: string }>>;
  readonly output_collections: Readonly<Record<string, { readonly id: string }>>;
  readonly command_version: string | null;
  readonly external_id: string | null;
  readonly job_runner_name: string | null;
}

/** A dataset as Galaxy tells of it, as far as tests look at it. */
export interface GalaxyDataset {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly extension: string;
  readonly file_size: number;
  readonly visible: boolean;
  readonly deleted: boolean;
  readonly misc_info: string | null;
  readonly misc_blurb: string | null;
  readonly peek: string | null;
}

/** A dataset of a collection, or a collection in it. */
export interface GalaxyElement {
  readonly element_identifier: string;
  readonly object: { readonly id: string; readonly elements?: readonly GalaxyElement[] };
}

export interface GalaxyCollection {
  readonly name: string;
  readonly collection_type: string;
  readonly populated_state: string;
  readonly elements: readonly GalaxyElement[];
}

/** States in which a job stays. */
const endStates = new Set(['ok', 'error', 'deleted', 'failed', 'paused', 'skipped', 'stopped']);
const pollMilliseconds = 500;
const attemptsToRead = 5;
/** Jobs take turns on a busy machine, and setting metadata of each takes seconds. */
const patienceMilliseconds = 600_000;

/** What a call of Galaxy's API was refused with. */
class GalaxyApiError extends Error {
  override readonly name = 'GalaxyApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function json<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

/** Galaxy's own HTTP API as one user sees it. */
export class GalaxyApi {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** The answer is what Galaxy documents for the call; nothing checks that it is. */
  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return json<T>(await this.#fetch(method, path, body));
  }

  async newHistory(name: string): Promise<string> {
    return (await this.call<{ id: string }>('POST', '/api/histories', { name })).id;
  }

  /** Makes a dataset of a text, and waits until it is there; answers its id. */
  async upload(historyId: string, name: string, text: string, extension = 'txt'): Promise<string> {
    const item = { src: 'pasted', paste_content: text, name, ext: extension, to_posix_lines: false };
    const answer = await this.call<{ jobs: { id: string }[]; outputs: { id: string }[] }>(
      'POST',
      '/api/tools/fetch',
      {
        history_id: historyId,
        targets: [{ destination: { type: 'hdas' }, elements: [item] }],
        auto_decompress: false,
      },
    );
    const [output] = answer.outputs;
    const [job] = answer.jobs;
    if (!output || !job) throw new Error(`Galaxy started no upload: ${JSON.stringify(answer)}`);
    const ended = await this.ended(job.id);
    if (ended.state !== 'ok')
      throw new Error(`the upload of ${name} is in ${ended.state}: ${ended.tool_stderr}`);
    return output.id;
  }

  /** Starts a tool; answers the id of its job. */
  async run(
    historyId: string,
    toolId: string,
    inputs: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const answer = await this.call<{ jobs: { id: string }[] }>('POST', '/api/tools', {
      history_id: historyId,
      tool_id: toolId,
      inputs,
    });
    const [job] = answer.jobs;
    if (!job) throw new Error(`Galaxy made no job: ${JSON.stringify(answer)}`);
    return job.id;
  }

  job(jobId: string): Promise<GalaxyJob> {
    return this.call('GET', `/api/jobs/${jobId}?full=true`);
  }

  /** Waits until the job is in a state in which it stays. */
  ended(jobId: string): Promise<GalaxyJob> {
    return this.until(jobId, (job) => endStates.has(job.state), 'to end');
  }

  /** Waits until the job runs; rejects if it ends before. */
  async running(jobId: string): Promise<GalaxyJob> {
    const job = await this.until(jobId, ({ state }) => state === 'running' || endStates.has(state), 'to run');
    if (job.state !== 'running') throw new Error(`job ${jobId} is in ${job.state}: ${JSON.stringify(job)}`);
    return job;
  }

  /** Polls until the job is as wanted. Calls may fail meanwhile: Galaxy may be about to start again. */
  async until(jobId: string, isWanted: (job: GalaxyJob) => boolean, what: string): Promise<GalaxyJob> {
    const deadline = performance.now() + patienceMilliseconds;
    let last: unknown;
    while (performance.now() < deadline) {
      const job = await this.job(jobId).catch((error: unknown) => {
        if (error instanceof GalaxyApiError && error.status < 500) throw error;
        last = error;
        return undefined;
      });
      if (job && isWanted(job)) return job;
      if (job) last = `it is in ${job.state}`;
      await sleep(pollMilliseconds);
    }
    throw new Error(`waited ${patienceMilliseconds / 1000} s for job ${jobId} ${what}: ${last}`);
  }

  /** As a user who does not want it any more. */
  async delete(jobId: string): Promise<void> {
    await this.call('DELETE', `/api/jobs/${jobId}`);
  }

  dataset(datasetId: string): Promise<GalaxyDataset> {
    return this.#read(`/api/datasets/${datasetId}`, json<GalaxyDataset>);
  }

  collection(collectionId: string): Promise<GalaxyCollection> {
    return this.#read(
      `/api/dataset_collections/${collectionId}?instance_type=history`,
      json<GalaxyCollection>,
    );
  }

  /** What is in the dataset's file, unchanged. */
  async contents(datasetId: string): Promise<Buffer> {
    return this.#bytes(`/api/datasets/${datasetId}/display?raw=true&to_ext=data`);
  }

  /** Paths and contents of the files beside a dataset, by path. */
  async extraFiles(datasetId: string): Promise<Readonly<Record<string, Buffer>>> {
    const entries = await this.#read(
      `/api/datasets/${datasetId}/extra_files`,
      json<{ class: string; path: string }[]>,
    );
    const paths = entries
      .filter((entry) => entry.class === 'File')
      .map(({ path }) => path)
      .sort();
    const files = paths.map(async (path) => {
      const escaped = path.split('/').map(encodeURIComponent).join('/');
      return [path, await this.#bytes(`/api/datasets/${datasetId}/extra_files/raw/${escaped}`)] as const;
    });
    return Object.fromEntries(await Promise.all(files));
  }

  async #bytes(path: string): Promise<Buffer> {
    return this.#read(path, async (response) => Buffer.from(await response.arrayBuffer()));
  }

  /** What only reads may be asked for again: a Galaxy with SQLite, on a busy machine, breaks off or answers 500. */
  async #read<T>(path: string, take: (response: Response) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await take(await this.#fetch('GET', path));
      } catch (error) {
        if (attempt === attemptsToRead || (error instanceof GalaxyApiError && error.status < 500))
          throw error;
        await sleep(pollMilliseconds);
      }
    }
  }

  async #fetch(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: { 'x-api-key': this.#key, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new GalaxyApiError(
        response.status,
        `${method} ${path} was answered with ${response.status}: ${await response.text()}`,
      );
    return response;
  }
}
