import { MesosError } from '../mesos-error.ts';
import type { Discriminated, TypeOf } from './discriminated.ts';

/** Types that say all by themselves. */
const withoutPayload: ReadonlySet<string> = new Set(['HEARTBEAT', 'SHUTDOWN']);

/**
 * The event, with its payload; undefined where its type is one that this client does not know, which Mesos asks its
 * clients to skip. `from` names the sender. Throws MALFORMED_MESSAGE where the payload is missing.
 */
export function knownEvent<Event extends { readonly type?: string | undefined }>(
  event: Event,
  from: string,
): Discriminated<Event, TypeOf<Event>> | undefined {
  const { type } = event;
  if (type === undefined || type === 'UNKNOWN') return undefined;
  const payload = (event as Readonly<Record<string, unknown>>)[type.toLowerCase()];
  if (payload === undefined && !withoutPayload.has(type))
    throw new MesosError('MALFORMED_MESSAGE', `${from} sent an event ${type} without its payload`);
  return event as unknown as Discriminated<Event, TypeOf<Event>>;
}
