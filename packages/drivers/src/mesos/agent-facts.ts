import type { mesos } from '@galaxy-mesos/mesos-client';
import type { AgentFacts, InverseOffer, Offer, Unavailability } from '@galaxy-mesos/scheduler';
import { agentResources } from './agent-resources.ts';

/** Nanoseconds do not fit into a number exactly; milliseconds do. */
const milliseconds = (nanoseconds: bigint): number => Number(nanoseconds / 1_000_000n);

/** When an agent will not be there. */
export const unavailabilityOf = ({ start, duration }: mesos.Unavailability): Unavailability => ({
  start: milliseconds(start.nanoseconds),
  ...(duration !== undefined && { duration: milliseconds(duration.nanoseconds) }),
});

/** Mesos keeps three decimals of a scalar, and writes no more than are needed. */
function textOf({ type, text, scalar, ranges, set }: mesos.Attribute): string {
  if (type === 'SCALAR') return String(Math.round((scalar?.value ?? 0) * 1000) / 1000);
  if (type === 'RANGES') return `[${(ranges?.range ?? []).map(({ begin, end }) => `${begin}-${end}`)}]`;
  return type === 'SET' ? `{${set?.item ?? []}}` : (text?.value ?? '');
}

/**
 * When a pilot's agent is to be gone, in milliseconds since 1970: its attribute `ends` in seconds. Of agents that are no
 * pilots an attribute of that name may mean anything.
 */
function plannedEndOf({ pilot, ends }: Readonly<Record<string, string>>): number | undefined {
  const seconds = pilot !== undefined && ends !== undefined && /^\d{1,12}$/.test(ends) ? Number(ends) : 0;
  return seconds > 0 ? seconds * 1000 : undefined;
}

/** What offers and lists of agents tell in the same words. */
interface Described {
  readonly hostname: string;
  readonly attributes?: readonly mesos.Attribute[] | undefined;
  readonly domain?: mesos.DomainInfo | undefined;
}

/** What is known of an agent besides its resources. */
export function agentFacts(
  id: string,
  { hostname, attributes: described = [], domain }: Described,
): AgentFacts {
  const place = domain?.fault_domain;
  // Of attributes with one name Mesos heeds the first, and the last of a list is what an object keeps.
  const attributes = Object.fromEntries(
    described.map((each) => [each.name, textOf(each)] as const).reverse(),
  );
  const plannedEnd = plannedEndOf(attributes);
  return {
    id,
    hostname,
    attributes,
    ...(plannedEnd !== undefined && { plannedEnd }),
    ...(place && { region: place.region.name, zone: place.zone.name }),
  };
}

/** The role for which an offer is made; a framework without roles of its own gets them for all. */
export const roleOf = ({ allocation_info }: mesos.Offer): string => allocation_info?.role ?? '*';

/** An offer in the words of the scheduler. */
export function offerFrom(offer: mesos.Offer): Offer {
  const { id, agent_id, resources = [], unavailability } = offer;
  const facts = agentFacts(agent_id.value, offer);
  return {
    id: id.value,
    agent: unavailability ? { ...facts, unavailability: unavailabilityOf(unavailability) } : facts,
    role: roleOf(offer),
    resources: agentResources(resources),
  };
}

/** An inverse offer in the words of the scheduler. */
export const inverseOfferFrom = ({ id, agent_id, unavailability }: mesos.InverseOffer): InverseOffer => ({
  id: id.value,
  ...(agent_id && { agentId: agent_id.value }),
  unavailability: unavailabilityOf(unavailability),
});
