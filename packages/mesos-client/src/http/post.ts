import { constants } from 'node:buffer';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { MesosError } from '../mesos-error.ts';
import type { Authorizer } from './credential.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** An answer's head; its body is yet to be read. */
export type Response = Dispatcher.ResponseData;

/** An answer that has been read to its end. */
export interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** Below this a body is not worth compressing. */
const worthCompressingBytes = 16 * 1024;

/** Beyond this it is a page for people, from something that is not Mesos. */
const mostWordsBytes = 16 * 1024;
/** Whoever has sent the head of a refusal has its words ready. */
const wordsMilliseconds = 5_000;

/**
 * The words in the body of an answer that is no more than words: as many as arrive, in good order or not, for the
 * status has already said what counts. Where that is not all of them, the connection is broken.
 */
export async function readWords({ body }: Response): Promise<string> {
  const tooLong = setTimeout(() => body.destroy(), wordsMilliseconds);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > mostWordsBytes) break;
    }
  } catch {
    // What has arrived will do.
  } finally {
    clearTimeout(tooLong);
  }
  return Buffer.concat(chunks).toString('utf8', 0, mostWordsBytes);
}

/** A header's value, the first if there are several. */
export function headerOf(response: Response, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/**
 * Sends a request with the credential in use; where that is refused (401), once more with a new one, if there is.
 * Throws UNAUTHENTICATED, CREDENTIAL_UNAVAILABLE, what `send` throws, and where the signal fires while the credential
 * is waited for, its reason.
 */
export async function sendAuthorized(
  authorizer: Authorizer,
  callType: string,
  send: (headers: Readonly<Record<string, string>>) => Promise<Response>,
  signal?: AbortSignal,
): Promise<Response> {
  const headers = await authorizer.headers(signal);
  const response = await send(headers);
  if (response.statusCode !== 401) return response;
  const words = await readWords(response);
  if (!(await authorizer.renew(headers, signal))) throw unauthenticated(callType, headers, words);
  const second = await send(await authorizer.headers(signal));
  if (second.statusCode !== 401) return second;
  throw unauthenticated(callType, headers, await readWords(second));
}

function unauthenticated(
  callType: string,
  headers: Readonly<Record<string, string>>,
  answer: string,
): MesosError {
  const what =
    headers.authorization === undefined ? 'a credential is asked for' : 'the credential is refused';
  const words = answer === '' ? '' : ` (${answer})`;
  return new MesosError('UNAUTHENTICATED', `${callType} was answered with 401: ${what}${words}`, {
    status: 401,
    callType,
    answer,
    setting: 'credential',
  });
}

/** Compresses a body that is large enough. */
export async function gzipRequest(
  body: Uint8Array,
): Promise<{ readonly body: Uint8Array; readonly headers: Readonly<Record<string, string>> }> {
  if (body.length < worthCompressingBytes) return { body, headers: {} };
  return { body: await compress(body), headers: { 'content-encoding': 'gzip' } };
}

function tooLarge(maximumBytes: number): MesosError {
  return new MesosError(
    'RECORD_TOO_LARGE',
    `an answer of more than ${maximumBytes} bytes: raise the limit (maximumRecordBytes)`,
  );
}

async function readBytes({ body }: Response, maximumBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop breaks the connection: the rest is not read.
    if (bytes > maximumBytes) throw tooLarge(maximumBytes);
  }
  return Buffer.concat(chunks, bytes);
}

/** A few compressed bytes may stand for any number of others. */
async function decompressed(bytes: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
  try {
    return await decompress(bytes, { maxOutputLength: Math.min(maximumBytes, constants.MAX_LENGTH) });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maximumBytes);
    throw new MesosError('MALFORMED_MESSAGE', 'the answer says that it is compressed by gzip, and is not', {
      cause,
    });
  }
}

/** Reads an answer to its end. Throws RECORD_TOO_LARGE beyond as many bytes, MALFORMED_MESSAGE, and what reading throws. */
export async function readAnswer(response: Response, maximumBytes: number): Promise<Answer> {
  const bytes = await readBytes(response, maximumBytes);
  const isCompressed = headerOf(response, 'content-encoding') === 'gzip';
  return {
    status: response.statusCode,
    body: isCompressed ? await decompressed(bytes, maximumBytes) : bytes,
  };
}
