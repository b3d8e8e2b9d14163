import type { FileInfo } from '../gen/mesos.ts';
import { describeFailure } from '../http/connection.ts';
import { MesosError } from '../mesos-error.ts';
import {
  type FilePage,
  filePages,
  type PageOptions,
  type PageReader,
  type ReadOptions,
  type TailOptions,
  tailOf,
} from './files.ts';
import type { AnyCall, OperatorChannel } from './operator-channel.ts';
import { stopped } from './operator-errors.ts';
import type { OperatorAnswer, OperatorCall, OperatorCallType, OperatorTarget } from './operator-messages.ts';
import type { Abortable } from './operator-options.ts';

/** What masters and agents have in common: calls that are answered at once, and files. */
export abstract class OperatorClient<Target extends OperatorTarget> {
  /** Not for users of the package. */
  protected readonly channel: OperatorChannel;

  protected constructor(channel: OperatorChannel) {
    this.channel = channel;
  }

  /**
   * Sends a call and resolves with the payload of its answer: for GET_TASKS what lies in `get_tasks`; undefined for
   * calls that are only taken note of. That says nothing of their effect where Mesos answers with 202.
   *
   * A call that may have arrived is not sent again, unless it only reads. Throws CALL_REFUSED with the server's words,
   * UNAUTHENTICATED, NOT_CONNECTED, MASTER_NOT_READY, TLS_REFUSED, CALL_FATE_UNKNOWN (also where a signal fires after
   * something may have been sent), ABORTED, SESSION_CLOSED, REDIRECT_LOOP, INVALID_MESSAGE; UNEXPECTED_ANSWER or
   * MALFORMED_MESSAGE if it is no Mesos that answers.
   */
  async call<Type extends OperatorCallType<Target>>(
    call: OperatorCall<Target, Type> & { readonly type: Type },
    options: Abortable = {},
  ): Promise<OperatorAnswer<Target, Type>> {
    const answer = await this.channel.ask(call, options.signal);
    return answer as OperatorAnswer<Target, Type>;
  }

  /** What is in a folder. Throws CALL_REFUSED with status 404 where there is none, and as `call` does. */
  async listFiles(path: string, options: Abortable = {}): Promise<readonly FileInfo[]> {
    const answer = await this.#askFor(path, { type: 'LIST_FILES', list_files: { path } }, options.signal);
    return (answer as { readonly file_infos?: readonly FileInfo[] }).file_infos ?? [];
  }

  /** One page of a file. Throws CALL_REFUSED with status 404 where there is none, and as `call` does. */
  async readFile(path: string, options: PageOptions = {}): Promise<FilePage> {
    return this.#pageReader(path, options.signal)(options.offset ?? 0, options.length);
  }

  /**
   * A file page by page, up to the size that it has when reading begins. For large files `downloadFile` is faster:
   * one request instead of one per 64 KiB.
   */
  readPages(path: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    return filePages(this.#pageReader(path, options.signal), options.offset ?? 0);
  }

  /** All of a file, held in memory. */
  async readWholeFile(path: string, options: ReadOptions = {}): Promise<Buffer> {
    const pages: Uint8Array[] = [];
    for await (const page of this.readPages(path, options)) pages.push(page);
    return Buffer.concat(pages);
  }

  /**
   * What is in a file, and what is added to it, until the signal fires (ABORTED) or the loop is left. Pieces end
   * anywhere, also inside a character. A file that becomes shorter (cut, or replaced by a new one, as logs are) is read
   * from its beginning; one that was replaced by a longer one between two looks cannot be told from one that grew.
   * Throws CALL_REFUSED with status 404 where there is no such file, or not any more.
   */
  tailFile(path: string, options: TailOptions = {}): AsyncGenerator<Uint8Array, void> {
    return this.channel.iterate(options.signal, (scope) =>
      tailOf(this.#pageReader(path, scope), options, scope),
    );
  }

  /**
   * A file as it is, in one request, read as fast as it is taken. What is added meanwhile is left out. Throws
   * CALL_REFUSED with status 404 where there is none, CONNECTION_LOST where it breaks off, and as `call` does.
   */
  downloadFile(path: string, options: Abortable = {}): AsyncGenerator<Uint8Array, void> {
    return this.channel.iterate(options.signal, (scope) => this.#download(path, scope));
  }

  /** Ends streams and calls that are under way (SESSION_CLOSED) and leaves no socket. May be called twice. */
  async close(): Promise<void> {
    await this.channel.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Where `/files/download` is answered. */
  protected abstract fileServer(scope: AbortSignal): Promise<URL>;

  async *#download(path: string, scope: AbortSignal): AsyncGenerator<Uint8Array, void> {
    const origin = await this.fileServer(scope);
    const { body } = await this.channel.download(origin, path, scope).catch(namingFile(path));
    try {
      yield* body;
    } catch (cause) {
      if (scope.aborted) throw stopped(scope, 'DOWNLOAD_FILE');
      throw new MesosError('CONNECTION_LOST', `${path} at ${origin.host}: ${describeFailure(cause)}`, {
        cause,
      });
    }
  }

  #pageReader(path: string, signal: AbortSignal | undefined): PageReader {
    return async (offset, length) => {
      const part = { offset: toInteger(offset), ...(length !== undefined && { length: toInteger(length) }) };
      const answer = await this.#askFor(path, { type: 'READ_FILE', read_file: { path, ...part } }, signal);
      const { data = new Uint8Array(0), size = 0n } = answer as {
        readonly data?: Uint8Array;
        readonly size?: bigint;
      };
      return { data, size: Number(size) };
    };
  }

  #askFor(path: string, call: AnyCall, signal: AbortSignal | undefined): Promise<unknown> {
    return this.channel.ask(call, signal).catch(namingFile(path));
  }
}

function toInteger(value: number): bigint {
  if (Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw new MesosError('INVALID_MESSAGE', `offset and length of a file: expected whole numbers from 0 on`, {
    callType: 'READ_FILE',
  });
}

/** Mesos answers 404, and says no more, where there is no such file. */
function namingFile(path: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof MesosError) || error.code !== 'CALL_REFUSED' || error.status !== 404) throw error;
    const { callType = 'READ_FILE', answer = '' } = error;
    throw new MesosError('CALL_REFUSED', `there is no ${path}: ${callType} was answered with 404`, {
      status: 404,
      callType,
      answer,
    });
  };
}
