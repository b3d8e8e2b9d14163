// A contender of its own process: @dcos/recordio and JSON.parse.
import { createRequire } from 'node:module';
import { chunkBytes, serve } from './mesos-decode/serve.ts';

/** It has no types of its own: the whole records of a text, and the rest of it. */
const read = createRequire(import.meta.url)('@dcos/recordio').read as (text: string) => [string[], string];

interface JsonEvent {
  readonly type: string;
  readonly offers?: { readonly offers: readonly { readonly hostname: string }[] };
  readonly update?: { readonly status: { readonly state: string } };
}

/**
 * Beyond this the stream is given in one piece: @dcos/recordio looks through all of an unfinished record again with
 * every chunk, which would take minutes.
 */
const largeRecordBytes = 1024 * 1024;

function firstRecordBytes(stream: Buffer): number {
  return Number(stream.toString('latin1', 0, stream.indexOf('\n')));
}

await serve((stream) => {
  const counts = { offers: 0, finished: 0 };
  const pieceBytes = firstRecordBytes(stream) > largeRecordBytes ? stream.length : chunkBytes;
  let rest = '';
  for (let at = 0; at < stream.length; at += pieceBytes) {
    const [records, unread] = read(rest + stream.toString('utf8', at, at + pieceBytes));
    rest = unread;
    for (const record of records) {
      const event = JSON.parse(record) as JsonEvent;
      for (const offer of event.offers?.offers ?? []) if (offer.hostname !== '') counts.offers += 1;
      if (event.update?.status.state === 'TASK_FINISHED') counts.finished += 1;
    }
  }
  return counts;
});
