import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { fetch, request } from 'undici';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { receiveFile } from '../../files/receive-file.ts';
import { shown } from '../../files/safe-name.ts';
import { openNetwork, refusedBy } from './open-network.ts';
import { RefusedTransfer } from './retrying.ts';

interface DownloadOptions {
  readonly temporaryDirectory: string;
  /** Default: as much as there is space for. */
  readonly maximumBytes?: number | undefined;
  readonly signal: AbortSignal;
}

const inOwnWords = (error: unknown): never => {
  throw refusedBy(error) ?? error;
};

/**
 * Fetches a file by HTTP.
 *
 * @throws RefusedTransfer, and what the connection or the disk say
 */
export async function download(
  url: string,
  target: string,
  { temporaryDirectory, maximumBytes, signal }: DownloadOptions,
): Promise<void> {
  const headers = { 'accept-encoding': 'identity' };
  const response = await fetch(checkedUrl(url), { signal, headers, dispatcher: openNetwork }).catch(
    inOwnWords,
  );
  if (!response.ok) {
    await response.body?.cancel();
    throw new RefusedTransfer(response.status, `${shownUrl(url)} answered ${response.status}`);
  }
  const length = response.headers.get('content-length');
  const body = response.body ? Readable.fromWeb(response.body) : Readable.from([]);
  await receiveFile(body, target, {
    temporaryDirectory,
    ...(length === null ? {} : { expectedBytes: Number(length) }),
    ...(maximumBytes === undefined ? {} : { maximumBytes }),
  });
}

/**
 * Sends a file as Galaxy's endpoint for files takes it: as the field `file` of a form. Nothing is held in memory.
 *
 * @throws RefusedTransfer, and what the connection says
 */
export async function upload(
  url: string,
  file: { readonly handle: FileHandle; readonly size: number; readonly path: string },
  signal: AbortSignal,
): Promise<void> {
  const boundary = `galaxy-mesos-${randomUUID()}`;
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${fieldValue(basename(file.path))}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const { statusCode, body } = await request(checkedUrl(url), {
    method: 'POST',
    signal,
    dispatcher: openNetwork,
    // Galaxy may be long in taking a file to its object store.
    headersTimeout: 0,
    bodyTimeout: 0,
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(head.length + file.size + tail.length),
    },
    body: Readable.from(form(head, file, tail), { objectMode: false }),
  }).catch(inOwnWords);
  await body.dump();
  if (statusCode !== 200) throw new RefusedTransfer(statusCode, `${shownUrl(url)} answered ${statusCode}`);
}

async function* form(
  head: Buffer,
  { handle, size }: { readonly handle: FileHandle; readonly size: number },
  tail: Buffer,
): AsyncGenerator<Uint8Array> {
  yield head;
  if (size > 0) yield* handle.createReadStream({ start: 0, end: size - 1, autoClose: false });
  yield tail;
}

const fieldValue = (name: string): string =>
  name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

function checkedUrl(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  throw new FrontDoorError('BAD_REQUEST', `${shown(shownUrl(url))} is no http or https URL`);
}

/** Without its query, which holds the key of a job. */
const shownUrl = (url: string): string => url.split('?')[0] ?? '';
