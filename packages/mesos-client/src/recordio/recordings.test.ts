import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../codec/codec.ts';
import type { Messages } from '../gen/messages.ts';
import { RecordDecoder } from './record-decoder.ts';

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

const folder = new URL('../../../../test-fixtures/mesos-1.11.0/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Keeps 64-bit integers as they are written, through parsing and writing again. */
function keepExact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? rawJSON(context?.source ?? '') : value;
}

function messageOf(line: Line): keyof Messages {
  const path = line.request?.path ?? '';
  if (path.endsWith('/scheduler')) return 'mesos.v1.scheduler.Event';
  if (path.endsWith('/executor')) return 'mesos.v1.executor.Event';
  return line.to === 'agent' ? 'mesos.v1.agent.ProcessIO' : 'mesos.v1.master.Event';
}

function contentOf(headers: Readonly<Record<string, string>>): 'json' | 'protobuf' {
  const type = headers['Message-Content-Type'] ?? headers['Content-Type'] ?? '';
  return type.includes('protobuf') ? 'protobuf' : 'json';
}

function streamsOf(file: string): readonly Line[] {
  return readFileSync(new URL(file, folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line, keepExact) as Line)
    .filter((line) => line.response?.chunks && line.response.records);
}

const streams = files.flatMap((file) => streamsOf(file).map((line) => ({ file, n: line.n, line })));

/** The bytes of a stream, in pieces that respect no boundary of records. */
function* pieces(line: Line): Generator<Uint8Array> {
  const bytes = Buffer.concat(
    (line.response?.chunks ?? []).map((chunk) => Buffer.from(chunk.base64, 'base64')),
  );
  for (let position = 0; position < bytes.length; position += 1000)
    yield bytes.subarray(position, position + 1000);
}

describe('recorded streams of Mesos 1.11.0', () => {
  it('are there, in both wire formats', () => {
    const events = streams.flatMap(({ line }) => line.response?.records ?? []);
    expect(streams.length).toBeGreaterThan(80);
    expect(events.length).toBeGreaterThan(900);
    expect(new Set(streams.map(({ line }) => contentOf(line.response?.headers ?? {}))).size).toBe(2);
  });

  it.each(streams)('$file, line $n decodes to its records', ({ line }) => {
    const name = messageOf(line);
    const codec = createCodec(contentOf(line.response?.headers ?? {}), name);
    const decoded: unknown[] = [];
    const decoder = new RecordDecoder((record) => decoded.push(codec.decode(record)));
    for (const piece of pieces(line)) decoder.push(piece);
    // The records are JSON in the recordings of both formats.
    const json = createCodec('json', name);
    const expected = line.response?.records?.map((record) =>
      json.decode(Buffer.from(JSON.stringify(record))),
    );
    expect(decoded).toStrictEqual(expected);
  });
});
