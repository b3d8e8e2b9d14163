import {
  type Codec,
  createCodec,
  type master as mesosMaster,
  type OperatorAnswer,
  type OperatorTarget,
  type WireFormat,
} from '@galaxy-mesos/mesos-client';
import { CallLog } from '../calls/call-log.ts';
import type { Exchange } from '../calls/exchange.ts';
import type { CallKind } from '../calls/parse-call.ts';
import { badRequest, type PlainReply, type Reply, text } from '../http/reply.ts';
import type { AnyCall, Endpoint } from '../scripted-server.ts';
import { FileStore } from './file-store.ts';
import { type Scripted, ScriptedAnswers } from './scripted-answers.ts';

/** Calls that need no payload, beside those that only read. */
const withoutPayload: ReadonlySet<string> = new Set(['SUBSCRIBE', 'PRUNE_IMAGES', 'UNKNOWN']);

const codecs = {
  master: {
    json: createCodec('json', 'mesos.v1.master.Response'),
    protobuf: createCodec('protobuf', 'mesos.v1.master.Response'),
  },
  agent: {
    json: createCodec('json', 'mesos.v1.agent.Response'),
    protobuf: createCodec('protobuf', 'mesos.v1.agent.Response'),
  },
};

/** What the builds of Mesos that were recorded say. */
const version = {
  version_info: {
    version: '1.11.0',
    build_date: '2020-11-24 15:38:37',
    build_time: 1606232317,
    build_user: 'ubuntu',
    git_sha: '04bc7ee1984d86fbb0bd782ccc69ce44c13ae4b9',
    git_tag: '1.11.0',
  },
};

/** A file of the operator API that is not there: no words, only their type. */
const noSuchFile = (): PlainReply => text(404, '', { 'Content-Type': 'text/plain; charset=utf-8' });

interface FileCalls {
  readonly read_file?: mesosMaster.Call.ReadFile | undefined;
  readonly list_files?: mesosMaster.Call.ListFiles | undefined;
}

/** `/api/v1` of a master or an agent: what both answer alike, and answers as the test says. */
export abstract class OperatorEndpoint<Target extends OperatorTarget, Call extends AnyCall & FileCalls>
  implements Endpoint<Exchange<Call>>
{
  abstract readonly realm: string;
  readonly log = new CallLog<Exchange<Call>>();
  /** What LIST_FILES and READ_FILE find. */
  readonly files = new FileStore();
  protected readonly target: Target;
  readonly #answers = new ScriptedAnswers<Target, Call>();

  constructor(target: Target) {
    this.target = target;
    this.answer('GET_HEALTH', { healthy: true } as OperatorAnswer<Target, 'GET_HEALTH'>);
    this.answer('GET_VERSION', version as OperatorAnswer<Target, 'GET_VERSION'>);
    this.answer('GET_LOGGING_LEVEL', { level: 0 } as OperatorAnswer<Target, 'GET_LOGGING_LEVEL'>);
  }

  /**
   * From now on, calls of this type are answered with this payload, or with what the function makes of the call. Throws
   * INVALID_MESSAGE where it is no such payload.
   */
  answer<Type extends NonNullable<Call['type']>>(
    type: Type,
    answer: Scripted<Call, OperatorAnswer<Target, Type>>,
  ): void {
    if (typeof answer !== 'function') this.respond(type, answer, 'json');
    this.#answers.set(type, answer);
  }

  abstract reply(exchange: Exchange<Call>): Reply;

  /** @private The answer to `GET /files/download`: the whole file as it is. */
  download(path: string): PlainReply {
    const body = this.files.find(path);
    if (!body) return noSuchFile();
    const disposition = `attachment; filename=${path.split('/').at(-1)}`;
    const headers = { 'Content-Disposition': disposition, 'Content-Type': 'application/octet-stream' };
    return { status: 200, headers, body };
  }

  /** What is wrong with a call as such. */
  protected refuseCall({ message }: CallKind<'mesos.v1.master.Call' | 'mesos.v1.agent.Call'>, call: Call) {
    const kind = message.split('.').slice(-2).join('::');
    const problem = (words: string) => badRequest(`Failed to validate ${kind}: ${words}`);
    if (call.type === undefined) return problem("Expecting 'type' to be present");
    const field = call.type.toLowerCase();
    const isRead = call.type.startsWith('GET_') && call.type !== 'GET_METRICS';
    if (isRead || withoutPayload.has(call.type) || (call as Readonly<Record<string, unknown>>)[field])
      return undefined;
    return problem(`Expecting '${field}' to be present`);
  }

  /** The payload that was scripted for a type of call. */
  protected scripted(type: string, call: Call): unknown {
    return this.#answers.find(type, call);
  }

  /** A payload as the response to a call. */
  protected respond(type: string, payload: unknown, format: WireFormat): PlainReply {
    const codec = codecs[this.target][format] as unknown as Codec<object>;
    const response = { type, ...(payload !== undefined && { [type.toLowerCase()]: payload }) };
    const body = codec.encode(response);
    return { status: 200, headers: { 'Content-Type': codec.contentType }, body };
  }

  /** The answer to calls about files; undefined for others. */
  protected replyOfFiles({ read_file, list_files }: Call, format: WireFormat): Reply | undefined {
    if (read_file) {
      const part = this.files.read(read_file.path, read_file.offset, read_file.length);
      return part ? this.respond('READ_FILE', part, format) : noSuchFile();
    }
    if (!list_files) return undefined;
    const file_infos = this.files.list(list_files.path);
    return file_infos ? this.respond('LIST_FILES', { file_infos }, format) : noSuchFile();
  }
}
