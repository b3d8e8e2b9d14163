import { z } from 'zod';
import { messageOf } from '../runnerd-error.ts';
import type { GalaxyDestination } from './job-conf-lines.ts';

/** The daemon answered otherwise than Galaxy needs it, or not at all. */
export class CallFailed extends Error {
  override readonly name = 'CallFailed';
  /** What to do about it. */
  readonly advice: string | undefined;

  constructor(message: string, advice?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.advice = advice;
  }
}

const setupSchema = z.object({
  job_id: z.string(),
  job_directory: z.string(),
  inputs_directory: z.string(),
  outputs_directory: z.string(),
  working_directory: z.string(),
});

const statusSchema = z.object({
  complete: z.enum(['true', 'false']),
  status: z.string(),
  returncode: z.number().nullish(),
  stdout: z.string().nullish(),
  stderr: z.string().nullish(),
});

/** How a call is made: with query parameters, as Pulsar has it, and perhaps a file. */
interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const answerMilliseconds = 30_000;

/** Calls a daemon as Galaxy's Pulsar client does. */
export class PulsarCaller {
  readonly #destination: GalaxyDestination;

  constructor(destination: GalaxyDestination) {
    this.#destination = destination;
  }

  async health(): Promise<{ readonly version: string; readonly status: string }> {
    const schema = z.object({ version: z.string(), status: z.string() });
    return this.#json(schema, { method: 'GET', path: '/healthz' }, [200, 503]);
  }

  setUp(jobId: string): Promise<z.infer<typeof setupSchema>> {
    const query = { job_id: jobId, tool_id: 'galaxy_mesos_doctor', tool_version: '1', use_metadata: 'true' };
    return this.#json(setupSchema, { method: 'POST', path: '/jobs', query });
  }

  async upload(jobId: string, name: string, body: string): Promise<string> {
    const call = {
      method: 'POST',
      path: `/jobs/${jobId}/files`,
      query: { name, type: 'input' },
      body,
    } as const;
    return (await this.#json(z.object({ path: z.string() }), call)).path;
  }

  async submit(jobId: string, commandLine: string): Promise<void> {
    const query = { job_id: jobId, command_line: commandLine, params: '{}', env: '[]' };
    await this.#text({ method: 'POST', path: `/jobs/${jobId}/submit`, query });
  }

  status(jobId: string): Promise<z.infer<typeof statusSchema>> {
    return this.#json(statusSchema, { method: 'GET', path: `/jobs/${jobId}/status` });
  }

  /** What a job has written on stderr lately, by the daemon's own API; nothing where that does not tell. */
  async lastWords(jobDirectory: string): Promise<string> {
    // Directories of jobs end with owner, manager and id, of which the API makes a job's id.
    const jobId = jobDirectory.split('/').slice(-3).join('.');
    const query = { stream: 'stderr', bytes: '2000' };
    const call = { method: 'GET', path: `/api/v1/jobs/${encodeURIComponent(jobId)}/logs`, query } as const;
    return this.#text(call).catch(() => '');
  }

  download(jobId: string, name: string): Promise<string> {
    return this.#text({ method: 'GET', path: `/jobs/${jobId}/files`, query: { name, type: 'output' } });
  }

  async cancel(jobId: string): Promise<void> {
    await this.#text({ method: 'PUT', path: `/jobs/${jobId}/cancel` });
  }

  async delete(jobId: string): Promise<void> {
    await this.#text({ method: 'DELETE', path: `/jobs/${jobId}` });
  }

  async #json<T>(schema: z.ZodType<T>, call: Call, statuses?: readonly number[]): Promise<T> {
    const text = await this.#text(call, statuses);
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      const shown = text.length > 200 ? `${text.slice(0, 200)}...` : text;
      const advice = 'is this the address of the daemon, and of no other program?';
      throw new CallFailed(
        `${call.method} ${call.path} answered what no daemon does: ${shown}`,
        advice,
        error,
      );
    }
  }

  async #text(
    { method, path, query = {}, body }: Call,
    statuses: readonly number[] = [200],
  ): Promise<string> {
    const { url, token } = this.#destination;
    const parameters = new URLSearchParams({
      ...query,
      ...(token !== undefined && { private_token: token }),
    });
    const signal = AbortSignal.timeout(answerMilliseconds);
    try {
      const answer = await fetch(`${url}${path}?${parameters}`, {
        method,
        signal,
        ...(body !== undefined && { body }),
      });
      const text = await answer.text();
      if (statuses.includes(answer.status)) return text;
      throw refused(answer.status, `${method} ${path}`, text);
    } catch (error) {
      if (error instanceof CallFailed) throw error;
      throw unreachable(url, error);
    }
  }
}

function refused(status: number, call: string, text: string): CallFailed {
  if (status === 401) {
    return new CallFailed(
      'the daemon refuses this token',
      'give the one of its configuration: --token or --token-file',
    );
  }
  if (status === 404 && call.endsWith(' /healthz')) {
    const advice = 'give its address without a path, and look that no other program listens there';
    return new CallFailed('there is no daemon at this address: GET /healthz was answered with 404', advice);
  }
  const shown = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
  return new CallFailed(`${call} was answered with ${status}: ${shown}`, 'the log of the daemon says more');
}

function unreachable(url: string, error: unknown): CallFailed {
  // What went wrong stands in the cause: fetch itself says only that it failed.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    const http = url.replace(/^https:/, 'http:');
    return new CallFailed(
      `${url} answers, but does not speak TLS`,
      `is it ${http}? or set tls in the daemon`,
      error,
    );
  }
  const advice = /CERT|SIGN|VERIFY/.test(code)
    ? 'let Node and Galaxy trust the certificate: NODE_EXTRA_CA_CERTS=FILE here, SSL_CERT_FILE=FILE there'
    : 'start it with: galaxy-mesos daemon; is the address right?';
  return new CallFailed(`${url} does not answer: ${messageOf(cause) || code}`, advice, error);
}
