import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';

const folder = new URL('../../../test-fixtures/mesos-1.11.0/', import.meta.url);

/** A line of a recording that holds a request. */
export interface Line {
  readonly n: number;
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly note?: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly response: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly body_text?: string;
    readonly records?: readonly { readonly type: string; readonly [field: string]: unknown }[];
    readonly ended?: { readonly at: number; readonly how: string };
  };
}

/** The lines of a recording that hold a request, in order. */
export function recording(file: string): readonly Line[] {
  return readFileSync(new URL(file, folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.request !== undefined && line.response !== undefined);
}

/** The bytes of a body as they were sent. */
export function bodyOf(body: unknown): Uint8Array {
  if (body === null || body === undefined) return new Uint8Array();
  const { base64 } = body as { readonly base64?: string };
  return base64 === undefined ? Buffer.from(JSON.stringify(body)) : Buffer.from(base64, 'base64');
}

/** Sends a request as it was recorded and resolves with the head of the answer. */
export function send(
  url: string | { readonly socketPath: string },
  { method, path, headers }: Line['request'],
  body: Uint8Array,
): Promise<IncomingMessage> {
  const { Host: _host, 'Content-Length': _length, 'Transfer-Encoding': _encoding, ...others } = headers;
  const target = typeof url === 'string' ? { host: '127.0.0.1', port: new URL(url).port } : url;
  const length = body.length > 0 || method === 'POST' ? { 'Content-Length': String(body.length) } : {};
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  httpRequest({ ...target, method, path, headers: { ...others, ...length }, agent: false }, resolve)
    .on('error', reject)
    .end(body);
  return promise;
}

/** The body of an answer that ends. */
export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const relevantHeaders = ['content-type', 'location', 'www-authenticate', 'allow', 'transfer-encoding'];

/** What of the head of an answer is to be the same. */
export function headOf({ statusCode, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>): object {
  return {
    status: statusCode,
    headers: Object.fromEntries(relevantHeaders.map((name) => [name, headers[name]])),
    hasStreamId: headers['mesos-stream-id'] !== undefined,
  };
}

/** The same of a recorded answer. */
export function recordedHead({ status, headers = {} }: Line['response']): object {
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return headOf({ statusCode: status, headers: lower });
}
