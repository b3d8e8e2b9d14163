import { createCodec, type mesos, type scheduler, type WireFormat } from '@galaxy-mesos/mesos-client';

const master = '4e7ca78e-19ef-4fa7-95ce-bef5432c431b';
const role = 'galaxy';
const allocation_info = { role };

const scalar = (name: string, value: number): mesos.Resource => ({
  name,
  type: 'SCALAR',
  scalar: { value },
  allocation_info,
});

const text = (name: string, value: string): mesos.Attribute => ({ name, type: 'TEXT', text: { value } });

function resources(index: number): mesos.Resource[] {
  const first = 31_000 + (index % 100);
  const range = [
    { begin: BigInt(first), end: 31_499n },
    { begin: 31_510n, end: 32_000n },
  ];
  const reservations = [{ type: 'DYNAMIC', role, principal: 'galaxy-principal' }] as const;
  return [
    { name: 'ports', type: 'RANGES', ranges: { range }, allocation_info },
    scalar('cpus', 16 - (index % 12) / 2),
    scalar('mem', 64_000 - (index % 500)),
    scalar('disk', 500_000 - index),
    { ...scalar('cpus', 2), reservations },
    { ...scalar('mem', 4096), reservations },
  ];
}

function offer(index: number): mesos.Offer {
  const hostname = `node-${String(index).padStart(5, '0')}.cluster.example.org`;
  const ip = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
  return {
    id: { value: `${master}-O${1_000_000 + index}` },
    framework_id: { value: `${master}-0007` },
    agent_id: { value: `${master}-S${index}` },
    hostname,
    resources: resources(index),
    attributes: [
      text('rack', `rack-${index % 250}`),
      text('os', 'debian-12'),
      { name: 'generation', type: 'SCALAR', scalar: { value: (index % 4) + 1 } },
    ],
    url: { scheme: 'http', address: { hostname, ip, port: 5051 }, path: '/slave(1)' },
    allocation_info,
    domain: { fault_domain: { region: { name: 'eu-central' }, zone: { name: `zone-${index % 6}` } } },
  };
}

const states = ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'] as const;

function update(index: number): scheduler.Event {
  const task = `galaxy-job-${1 + Math.floor(index / 3)}-1`;
  const uuid = Uint8Array.from(
    { length: 16 },
    (_, at) => (Math.imul(index + at, 2_654_435_761) >>> 13) & 255,
  );
  const status: mesos.TaskStatus = {
    task_id: { value: task },
    state: states[index % 3] ?? 'TASK_RUNNING',
    source: 'SOURCE_EXECUTOR',
    agent_id: { value: `${master}-S${index % 1000}` },
    executor_id: { value: task },
    timestamp: 1_795_373_977.08 + index / 1000,
    uuid,
    container_status: {
      container_id: { value: `c1ef60de-d636-4f63-b5ef-${String(100_000_000_000 + index)}` },
      network_infos: [
        { ip_addresses: [{ protocol: 'IPv4', ip_address: `10.0.${(index >> 8) & 255}.${index & 255}` }] },
      ],
      executor_pid: 1000 + (index % 30_000),
    },
  };
  return { type: 'UPDATE', update: { status } };
}

function records(format: WireFormat, events: Iterable<scheduler.Event>): Uint8Array {
  const codec = createCodec(format, 'mesos.v1.scheduler.Event');
  const parts: Uint8Array[] = [];
  for (const event of events) {
    const bytes = codec.encode(event);
    parts.push(Buffer.from(`${bytes.length}\n`), bytes);
  }
  return Buffer.concat(parts);
}

/** One OFFERS event with this many offers, as agents of a real cluster have them, as a RecordIO stream. */
export function offersStream(format: WireFormat, count: number): Uint8Array {
  const offers = Array.from({ length: count }, (_, index) => offer(index));
  return records(format, [{ type: 'OFFERS', offers: { offers } }]);
}

/** This many UPDATE events, three to a task, as a RecordIO stream. */
export function updatesStream(format: WireFormat, count: number): Uint8Array {
  return records(
    format,
    Array.from({ length: count }, (_, index) => update(index)),
  );
}
