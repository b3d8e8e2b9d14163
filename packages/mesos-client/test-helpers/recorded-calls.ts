import { readFileSync } from 'node:fs';
import type { WireFormat } from '../src/codec/codec.ts';

const folder = new URL('../../../test-fixtures/mesos-1.11.0/', import.meta.url);
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Keeps 64-bit integers as they are written, through parsing and writing again. */
function keepExact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? rawJSON(context?.source ?? '') : value;
}

type Body = string | { readonly base64?: string } | null | undefined;

interface Line {
  readonly n: number;
  readonly from?: string;
  readonly to: string;
  readonly note?: string;
  readonly request?: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Body;
    readonly chunks?: readonly string[];
  };
  readonly response?: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Body;
    readonly decoded?: unknown;
    readonly chunks?: readonly { readonly base64: string }[];
  };
}

/** A call of an operator as it was recorded, with its answer. */
export interface RecordedCall {
  readonly n: number;
  readonly note: string;
  readonly to: 'master' | 'agent';
  readonly format: WireFormat;
  readonly method: string;
  readonly path: string;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly request: Buffer;
  /** Chunks of a request that came bit by bit. */
  readonly requestChunks: readonly Buffer[] | undefined;
  /** Undefined where the server died instead of answering. */
  readonly status: number | undefined;
  readonly answerHeaders: Readonly<Record<string, string>>;
  readonly answer: Buffer;
  /** The answer as JSON, where it was protobuf and not a stream. */
  readonly decodedAnswer: Buffer | undefined;
}

const fromBase64 = (text: string): Buffer => Buffer.from(text, 'base64');

function bytesOf(body: Body): Buffer {
  if (typeof body === 'string') return Buffer.from(body);
  if (!body) return Buffer.alloc(0);
  return body.base64 === undefined ? Buffer.from(JSON.stringify(body)) : fromBase64(body.base64);
}

function toCall(line: Line, format: WireFormat): readonly RecordedCall[] {
  const { request, response, from = '', to, note = '', n } = line;
  if (!request || !response || from !== 'operator' || (to !== 'master' && to !== 'agent')) return [];
  const { body, decoded, headers = {}, chunks } = response;
  const call: RecordedCall = {
    n,
    note,
    to,
    format,
    method: request.method,
    path: request.path,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    request: bytesOf(request.body),
    requestChunks: request.chunks?.map(fromBase64),
    status: response.status,
    answerHeaders: headers,
    answer: chunks ? Buffer.concat(chunks.map(({ base64 }) => fromBase64(base64))) : bytesOf(body),
    decodedAnswer: decoded === undefined ? undefined : Buffer.from(JSON.stringify(decoded)),
  };
  return [call];
}

/** What the operator did in a recording of test-fixtures/mesos-1.11.0. */
export function recordedCalls(file: string): readonly RecordedCall[] {
  const format = file.includes('-protobuf') ? 'protobuf' : 'json';
  const lines = readFileSync(new URL(file, folder), 'utf8').trim().split('\n');
  return lines.flatMap((text) => toCall(JSON.parse(text, keepExact) as Line, format));
}
