import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** A request as it came in, its body decompressed. */
export interface ReceivedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Empty where the body is a stream of records. */
  readonly body: Uint8Array;
  /** The body where it is a stream of records (`application/recordio`), which may take as long as it likes. */
  readonly records?: AsyncIterable<Uint8Array>;
  /** Whether the body was what its Content-Encoding said. */
  readonly isBodyIntact: boolean;
  /** Number of the connection it came over, from 1. */
  readonly connection: number;
}

function decompress(body: Uint8Array, encoding: string | undefined): Uint8Array | undefined {
  if (encoding !== 'gzip') return body;
  try {
    return gunzipSync(body);
  } catch {
    return undefined;
  }
}

function headOf(message: IncomingMessage, connection: number): ReceivedRequest {
  const [path = '', query] = (message.url ?? '').split('?', 2);
  return {
    method: message.method ?? '',
    path,
    query: new URLSearchParams(query),
    headers: message.headers,
    body: new Uint8Array(),
    isBodyIntact: true,
    connection,
  };
}

/** Reads a request, to its end if it is no stream; undefined if its connection broke before. */
export async function receiveRequest(
  message: IncomingMessage,
  connection: number,
): Promise<ReceivedRequest | undefined> {
  const head = headOf(message, connection);
  if (message.headers['content-type'] === 'application/recordio') return { ...head, records: message };
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk);
  } catch {
    return undefined;
  }
  const body = Buffer.concat(chunks);
  const decoded = decompress(body, message.headers['content-encoding']);
  return { ...head, body: decoded ?? body, isBodyIntact: decoded !== undefined };
}
