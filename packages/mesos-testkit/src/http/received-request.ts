import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** A request as it came in, its body decompressed. */
export interface ReceivedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
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

/** Everything but the body. */
export function receivedHead(message: IncomingMessage, connection: number): ReceivedRequest {
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

/** Reads a request to its end; undefined if its connection broke before. */
export async function receiveRequest(
  message: IncomingMessage,
  connection: number,
): Promise<ReceivedRequest | undefined> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk);
  } catch {
    return undefined;
  }
  const body = Buffer.concat(chunks);
  const decoded = decompress(body, message.headers['content-encoding']);
  const head = receivedHead(message, connection);
  return { ...head, body: decoded ?? body, isBodyIntact: decoded !== undefined };
}
