import { readdirSync, readFileSync } from 'node:fs';
import type { WireFormat } from '../src/codec/codec.ts';
import type { Messages } from '../src/gen/messages.ts';

interface Line {
  readonly n: number;
  readonly to: string;
  readonly request?: { readonly path: string };
  readonly response?: {
    readonly headers: Readonly<Record<string, string>>;
    readonly chunks?: readonly { readonly base64: string }[];
    readonly records?: readonly unknown[];
  };
}

/** A stream of events as a real Mesos sent it. */
export interface RecordedStream {
  readonly file: string;
  /** The number of the line in that file. */
  readonly line: number;
  readonly message: keyof Messages;
  readonly format: WireFormat;
  readonly bytes: Buffer;
  /** The records as JSON, for streams of both formats. */
  readonly records: readonly Buffer[];
}

const folder = new URL('../../../test-fixtures/mesos-1.11.0/', import.meta.url);
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Keeps 64-bit integers as they are written, through parsing and writing again. */
function keepExact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? rawJSON(context?.source ?? '') : value;
}

/**
 * Some lines of 04-refusals.jsonl ask a scheduler's endpoint by other paths: below the endpoint, or with the name of
 * the process.
 */
function messageOf(line: Line): keyof Messages {
  const path = line.request?.path ?? '';
  if (path.includes('/scheduler')) return 'mesos.v1.scheduler.Event';
  if (path.endsWith('/executor')) return 'mesos.v1.executor.Event';
  return line.to === 'agent' ? 'mesos.v1.agent.ProcessIO' : 'mesos.v1.master.Event';
}

function formatOf(headers: Readonly<Record<string, string>>): WireFormat {
  const type = headers['Message-Content-Type'] ?? headers['Content-Type'] ?? '';
  return type.includes('protobuf') ? 'protobuf' : 'json';
}

function streamsOf(file: string): readonly RecordedStream[] {
  const lines = readFileSync(new URL(file, folder), 'utf8').trim().split('\n');
  return lines.flatMap((text) => {
    const line = JSON.parse(text, keepExact) as Line;
    const { headers = {}, chunks, records } = line.response ?? {};
    if (!chunks || !records) return [];
    const stream = {
      file,
      line: line.n,
      message: messageOf(line),
      format: formatOf(headers),
      bytes: Buffer.concat(chunks.map((chunk) => Buffer.from(chunk.base64, 'base64'))),
      records: records.map((record) => Buffer.from(JSON.stringify(record))),
    };
    return [stream];
  });
}

/** Every stream of the recordings in test-fixtures/mesos-1.11.0. */
export function recordedStreams(): readonly RecordedStream[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  return files.flatMap(streamsOf);
}
