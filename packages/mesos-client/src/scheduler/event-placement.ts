import type { OfferID } from '../gen/mesos.ts';
import type { LaterEvents, Placement } from '../stream/event-queue.ts';
import type { SessionEvent } from './scheduler-messages.ts';

function withoutOffer(event: SessionEvent, id: OfferID): SessionEvent | undefined {
  if (event.type !== 'OFFERS') return event;
  const offers = event.offers.offers ?? [];
  if (!offers.some((offer) => offer.id.value === id.value)) return event;
  const left = offers.filter((offer) => offer.id.value !== id.value);
  return left.length > 0 ? { ...event, offers: { ...event.offers, offers: left } } : undefined;
}

/** Takes the offer out of those that wait; tells whether it was there, so that nobody needs to hear of it. */
function takeBack(id: OfferID, later: LaterEvents<SessionEvent>): boolean {
  let isFound = false;
  later.replace((event) => {
    const changed = withoutOffer(event, id);
    isFound ||= changed !== event;
    return changed;
  });
  return isFound;
}

/**
 * Where an event goes while the listener is busy: offers wait for everything else, so that a flood of them holds
 * up no update and no acknowledgement. An offer that is rescinded meanwhile is never told of. All offers are
 * void once the connection is lost.
 */
export function placeEvent(event: SessionEvent, later: LaterEvents<SessionEvent>): Placement {
  if (event.type === 'OFFERS') return 'later';
  if (event.type === 'HEARTBEAT') return 'dropped';
  if (event.type === 'RESCIND') return takeBack(event.rescind.offer_id, later) ? 'dropped' : 'first';
  if (event.type === 'DISCONNECTED' || event.type === 'FAILED') later.replace(() => undefined);
  return 'first';
}
