import type { ServerResponse } from 'node:http';

/** Headers of an answer, by their names as Mesos writes them. */
export type Headers = Readonly<Record<string, string>>;

/** An answer that is complete at once. */
export interface PlainReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** The head of an answer without end; `opened` gets the response once the head is on its way. */
export interface StreamReply {
  readonly headers: Headers;
  readonly opened: (response: ServerResponse) => void;
}

/** An answer that takes its time. */
export interface LaterReply {
  readonly later: Promise<PlainReply>;
}

export type Reply = PlainReply | StreamReply | LaterReply;

/** An answer of plain text, as Mesos words its refusals; without text, an answer without a body. */
export function text(status: number, words = '', headers: Headers = {}): PlainReply {
  const body = Buffer.from(words);
  const type = body.length > 0 ? { 'Content-Type': 'text/plain; charset=utf-8' } : {};
  return { status, headers: { ...type, ...headers }, body };
}

export const badRequest = (words: string): PlainReply => text(400, words);
export const forbidden = (words = '403 Forbidden.'): PlainReply => text(403, words);
export const notFound = (): PlainReply => text(404, '404 Not Found.');
export const unavailable = (words: string): PlainReply => text(503, words);

/** 405 for a method other than POST. */
export function methodNotAllowed(method: string): PlainReply {
  const words = `405 Method Not Allowed. Expecting one of { 'POST' }, but received '${method}'.`;
  return text(405, words, { Allow: 'POST' });
}
