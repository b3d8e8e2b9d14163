import type { Codec } from '../codec/codec.ts';
import { knownEvent } from '../codec/known-event.ts';
import type { Event } from '../gen/master.ts';
import { MesosError } from '../mesos-error.ts';
import type { MasterEvent } from './operator-messages.ts';
import type { RecordReader } from './record-reader.ts';

/** Until SUBSCRIBED tells another. */
const defaultHeartbeatSeconds = 15;
const missedHeartbeats = 5;

/** Milliseconds of silence after which a connection counts as lost. */
export function allowedSilence(heartbeatSeconds: number | undefined): number {
  return (heartbeatSeconds ?? defaultHeartbeatSeconds) * 1000 * missedHeartbeats;
}

/** The events of one subscription. Throws CONNECTION_LOST when it ends, for it never does by itself. */
export async function* masterEvents(
  reader: RecordReader,
  codec: Codec<Event>,
  from: string,
): AsyncGenerator<MasterEvent, void, undefined> {
  let isSubscribed = false;
  for await (const record of reader) {
    const event = knownEvent(codec.decode(record), from);
    if (!event) continue;
    if (event.type === 'SUBSCRIBED') {
      isSubscribed = true;
      reader.allowSilence(allowedSilence(event.subscribed.heartbeat_interval_seconds));
    }
    if (!isSubscribed)
      throw new MesosError('UNEXPECTED_ANSWER', `${from} began with ${event.type}, expected SUBSCRIBED`, {
        callType: 'SUBSCRIBE',
      });
    yield event;
  }
  throw new MesosError('CONNECTION_LOST', `${from} ended the event stream`, { callType: 'SUBSCRIBE' });
}
