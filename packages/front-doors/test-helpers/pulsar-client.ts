import type { PulsarServer } from './pulsar-server.ts';

/** Says what Galaxy says of one job. */
export class PulsarClient {
  readonly #server: PulsarServer;
  readonly #id: string;
  readonly #query: Readonly<Record<string, string>>;
  readonly #prefix: string;

  constructor(
    server: PulsarServer,
    id = '7',
    { token, prefix = '' }: { readonly token?: string; readonly prefix?: string } = {},
  ) {
    this.#server = server;
    this.#id = id;
    this.#query = token === undefined ? {} : { private_token: token };
    this.#prefix = prefix;
  }

  setup(query: Readonly<Record<string, string>> = {}) {
    return this.ask('POST', '/jobs', { job_id: this.#id, tool_id: 'cat1', use_metadata: 'true', ...query });
  }

  submit(query: Readonly<Record<string, string>> = {}) {
    return this.ask('POST', `/jobs/${this.#id}/submit`, { command_line: 'true', ...query });
  }

  upload(type: string, name: string, body: string | Buffer, query: Readonly<Record<string, string>> = {}) {
    return this.ask('POST', `/jobs/${this.#id}/files`, { type, name, ...query }, body);
  }

  download(type: string, name: string) {
    return this.ask('GET', `/jobs/${this.#id}/files`, { type, name });
  }

  path(type: string, name: string) {
    return this.ask('GET', `/jobs/${this.#id}/files/path`, { type, name });
  }

  async status(): Promise<Record<string, unknown>> {
    const answer = await this.ask('GET', `/jobs/${this.#id}/status`);
    return answer.json();
  }

  cancel() {
    return this.ask('PUT', `/jobs/${this.#id}/cancel`);
  }

  clean() {
    return this.ask('DELETE', `/jobs/${this.#id}`);
  }

  ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    query: Readonly<Record<string, string>> = {},
    payload: string | Buffer = '',
  ) {
    return this.#server.app.inject({
      method,
      url: this.#prefix + path,
      query: { ...this.#query, ...query },
      payload,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  }
}
