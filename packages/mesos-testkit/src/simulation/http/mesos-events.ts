import type { mesos, scheduler } from '@galaxy-mesos/mesos-client';
import type { AgentFacts, Unavailability } from '@galaxy-mesos/scheduler';
import type { FrameworkEvent, SimulatedOffer, TaskStatus } from '../vocabulary.ts';
import { resourcesOf } from './mesos-resources.ts';

const nanoseconds = 1_000_000n;
/** The process of an agent: sandbox files are asked for there, and nobody answers. */
const agentPath = '/slave(1)';
const agentPort = 5051;

/** The 16 bytes of an update's uuid, as a UUID of version 4. */
function uuidBytes(uuid: number): Uint8Array {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(Math.floor(uuid / 2 ** 32), 8);
  bytes.writeUInt32BE(uuid % 2 ** 32, 12);
  bytes[6] = 0x40;
  bytes[8] = 0x80 | (bytes[8] ?? 0);
  return bytes;
}

/** The number behind {@link uuidBytes}. */
export function uuidOf(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes);
  return (buffer.readUInt32BE(8) & 0x7fffffff) * 2 ** 32 + buffer.readUInt32BE(12);
}

/** Attributes of Mesos: numbers are scalars, all else is text. */
export const attributesOf = ({ attributes }: AgentFacts): mesos.Attribute[] =>
  Object.entries(attributes).map(([name, value]) =>
    value !== '' && Number.isFinite(Number(value))
      ? { name, type: 'SCALAR', scalar: { value: Number(value) } }
      : { name, type: 'TEXT', text: { value } },
  );

/** The fault domain of an agent, if it has one. */
export const domainOf = ({ region, zone }: AgentFacts): { domain?: mesos.DomainInfo } =>
  region === undefined || zone === undefined
    ? {}
    : { domain: { fault_domain: { region: { name: region }, zone: { name: zone } } } };

const unavailabilityOf = ({ start, duration }: Unavailability): mesos.Unavailability => ({
  start: { nanoseconds: BigInt(Math.round(start)) * nanoseconds },
  ...(duration !== undefined && { duration: { nanoseconds: BigInt(Math.round(duration)) * nanoseconds } }),
});

function offerOf({ id, frameworkId, entry, role, bag }: SimulatedOffer): mesos.Offer {
  const { facts } = entry;
  const attributes = attributesOf(facts);
  return {
    id: { value: id },
    framework_id: { value: frameworkId },
    agent_id: { value: facts.id },
    hostname: facts.hostname,
    url: {
      scheme: 'http',
      address: { hostname: facts.hostname, ip: '127.0.0.1', port: agentPort },
      path: agentPath,
    },
    allocation_info: { role },
    resources: resourcesOf(bag, role),
    ...(attributes.length > 0 && { attributes }),
    ...domainOf(facts),
    ...(facts.unavailability && { unavailability: unavailabilityOf(facts.unavailability) }),
  };
}

function statusOf(status: TaskStatus): mesos.TaskStatus {
  const { taskId, state, timestamp, source, agentId, reason, message, uuid } = status;
  return {
    task_id: { value: taskId },
    state,
    timestamp: timestamp / 1000,
    source,
    ...(agentId !== undefined && { agent_id: { value: agentId } }),
    ...(reason !== undefined && { reason: reason as NonNullable<mesos.TaskStatus['reason']> }),
    ...(message !== undefined && { message }),
    ...(uuid !== undefined && { uuid: uuidBytes(uuid) }),
  };
}

/** An event in Mesos's words; `undefined` for SUBSCRIBED, which the endpoint says itself. */
export function mesosEvent(event: FrameworkEvent, frameworkId: string): scheduler.Event | undefined {
  switch (event.type) {
    case 'SUBSCRIBED':
      return undefined;
    case 'OFFERS':
      return { type: 'OFFERS', offers: { offers: event.offers.map(offerOf) } };
    case 'RESCIND':
      return { type: 'RESCIND', rescind: { offer_id: { value: event.offerId } } };
    case 'INVERSE_OFFERS': {
      const inverse_offers = event.offers.map(({ id, agentId, unavailability }) => ({
        id: { value: id },
        framework_id: { value: frameworkId },
        unavailability: unavailabilityOf(unavailability),
        ...(agentId !== undefined && { agent_id: { value: agentId } }),
      }));
      return { type: 'INVERSE_OFFERS', inverse_offers: { inverse_offers } };
    }
    case 'RESCIND_INVERSE_OFFER': {
      const rescind_inverse_offer = { inverse_offer_id: { value: event.offerId } };
      return { type: 'RESCIND_INVERSE_OFFER', rescind_inverse_offer };
    }
    case 'UPDATE':
      return { type: 'UPDATE', update: { status: statusOf(event.status) } };
    case 'FAILURE':
      return { type: 'FAILURE', failure: { agent_id: { value: event.agentId } } };
    case 'ERROR':
      return { type: 'ERROR', error: { message: event.message } };
  }
}
