// A contender of its own process: mesos-client.
import { createCodec, RecordDecoder, type WireFormat } from '@galaxy-mesos/mesos-client';
import { chunkBytes, serve } from './mesos-decode/serve.ts';

const codec = createCodec((process.argv[2] ?? 'json') as WireFormat, 'mesos.v1.scheduler.Event');

await serve((stream) => {
  const counts = { offers: 0, finished: 0 };
  const decoder = new RecordDecoder((record) => {
    const event = codec.decode(record);
    for (const offer of event.offers?.offers ?? []) if (offer.hostname !== '') counts.offers += 1;
    if (event.update?.status.state === 'TASK_FINISHED') counts.finished += 1;
  });
  for (let at = 0; at < stream.length; at += chunkBytes) decoder.push(stream.subarray(at, at + chunkBytes));
  decoder.end();
  return counts;
});
