import type { WireFormat } from '@galaxy-mesos/mesos-client';
import { acceptedFormat, accepts, formatOf, single } from '../http/negotiation.ts';
import type { ReceivedRequest } from '../http/received-request.ts';
import { badRequest, type PlainReply, text } from '../http/reply.ts';

/** How the operator endpoint of an agent is spoken to: streams of records have their own media type. */
export interface MediaTypes {
  /** Format of the call, or of each record of it. */
  readonly content: WireFormat;
  readonly isContentStream: boolean;
  /** Format of the answer, or of each record of it. */
  readonly accept: WireFormat;
  readonly isAcceptStream: boolean;
}

const recordio = 'application/recordio';
const plainTypes = 'application/json or application/x-protobuf';

type Content = Pick<MediaTypes, 'content' | 'isContentStream'>;
type Accept = Pick<MediaTypes, 'accept' | 'isAcceptStream'>;

function contentOf({ headers }: ReceivedRequest): Content | PlainReply {
  const contentType = headers['content-type'];
  const messageType = single(headers['message-content-type']);
  if (contentType === undefined) return badRequest("Expecting 'Content-Type' to be present");
  if (contentType !== recordio) {
    const content = formatOf(contentType);
    if (!content) return text(415, `Expecting 'Content-Type' of ${plainTypes} or ${recordio}`);
    if (messageType === undefined) return { content, isContentStream: false };
    return text(415, "Expecting 'Message-Content-Type' to be not set for non-streaming requests");
  }
  if (messageType === undefined)
    return badRequest("Expecting 'Message-Content-Type' to be set for streaming requests");
  const content = formatOf(messageType);
  if (content) return { content, isContentStream: true };
  return text(415, `Expecting 'Message-Content-Type' of ${plainTypes}`);
}

function acceptOf({ headers }: ReceivedRequest): Accept | PlainReply {
  const messageAccept = single(headers['message-accept']);
  const accept = acceptedFormat(headers.accept);
  if (accept) {
    if (messageAccept === undefined) return { accept, isAcceptStream: false };
    return text(406, "Expecting 'Message-Accept' to be not set for non-streaming responses");
  }
  if (!accepts(headers.accept, recordio))
    return text(
      406,
      `Expecting 'Accept' to allow 'application/json' or 'application/x-protobuf' or '${recordio}'`,
    );
  const record = acceptedFormat(messageAccept);
  if (record) return { accept: record, isAcceptStream: true };
  return text(406, "Expecting 'Message-Accept' to allow 'application/json' or 'application/x-protobuf'");
}

/** What the headers of a request agree on, or why they do not. */
export function negotiate(request: ReceivedRequest): MediaTypes | PlainReply {
  const content = contentOf(request);
  if ('status' in content) return content;
  const accept = acceptOf(request);
  return 'status' in accept ? accept : { ...content, ...accept };
}

/** The head of a stream of records. */
export function streamHeaders({ accept, isAcceptStream }: MediaTypes): Readonly<Record<string, string>> {
  const format = accept === 'json' ? 'application/json' : 'application/x-protobuf';
  return isAcceptStream
    ? { 'Content-Type': recordio, 'Message-Content-Type': format }
    : { 'Content-Type': format };
}
