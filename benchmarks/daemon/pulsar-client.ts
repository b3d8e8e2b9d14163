import { Agent, type IncomingMessage, request } from 'node:http';

/** As many as a busy Galaxy has open at a time, and fewer than servers refuse. */
const connections = 64;

/** Where a server keeps the files of a job. */
export interface Directories {
  readonly inputs: string;
  readonly outputs: string;
}

/** Speaks Pulsar's REST protocol as Galaxy does, with all arguments in the query. */
export class PulsarClient {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: connections });

  /** `url` ends in a slash. */
  constructor(url: string) {
    this.#url = url;
  }

  async setUp(jobId: string): Promise<Directories> {
    const query = { job_id: jobId, tool_id: 'bench', tool_version: '1', use_metadata: 'true' };
    const setup = JSON.parse(await this.#call('POST', 'jobs', query)) as Record<string, string>;
    return { inputs: setup.inputs_directory ?? '', outputs: setup.outputs_directory ?? '' };
  }

  async upload(jobId: string, name: string, content: string): Promise<void> {
    await this.#call('POST', `jobs/${jobId}/files`, { job_id: jobId, name, type: 'input' }, content);
  }

  async submit(jobId: string, commandLine: string): Promise<void> {
    const query = { job_id: jobId, command_line: commandLine, params: '{}', env: '[]' };
    await this.#call('POST', `jobs/${jobId}/submit`, query);
  }

  /** Whether the job has ended, and as what. */
  async status(jobId: string): Promise<{ readonly complete: boolean; readonly status: string }> {
    const answer = JSON.parse(await this.#call('GET', `jobs/${jobId}/status`, { job_id: jobId }));
    return { complete: answer.complete === 'true', status: String(answer.status) };
  }

  download(jobId: string, name: string): Promise<string> {
    return this.#call('GET', `jobs/${jobId}/files`, { job_id: jobId, name, type: 'output' });
  }

  async clean(jobId: string): Promise<void> {
    await this.#call('DELETE', `jobs/${jobId}`, { job_id: jobId });
  }

  close(): void {
    this.#agent.destroy();
  }

  #call(method: string, path: string, query: Readonly<Record<string, string>>, body = ''): Promise<string> {
    const url = `${this.#url}${path}?${new URLSearchParams(query)}`;
    const headers = { 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, agent: this.#agent, headers }, (answer) =>
        textOf(answer).then((text) => {
          if (answer.statusCode === 200) resolve(text);
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 500)}`));
        }, reject),
      );
      sent.on('error', (error) => reject(new Error(`${method} ${path}: ${error.message}`)));
      sent.end(body);
    });
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  answer.setEncoding('utf8');
  let text = '';
  for await (const part of answer) text += part;
  return text;
}
