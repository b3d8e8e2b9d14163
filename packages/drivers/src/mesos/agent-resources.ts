import type { mesos } from '@galaxy-mesos/mesos-client';
import type {
  AgentResources,
  NumberRange,
  OfferedDisk,
  OfferedVolume,
  ReservedAmounts,
  Resources,
} from '@galaxy-mesos/scheduler';
import { mergeRanges } from '../number-ranges.ts';
import { gpuDevices } from './gpu-devices.ts';
import { amountOf, diskIdOf, kindOf, reservationOf } from './pieces.ts';

/** Cores, memory and disk in thousandths. */
class Sum {
  cpus = 0;
  mem = 0;
  disk = 0;

  /** Answers whether the piece was one of the three. */
  add(piece: mesos.Resource): boolean {
    const { name } = piece;
    if (name !== 'cpus' && name !== 'mem' && name !== 'disk') return false;
    this[name] += amountOf(piece);
    return true;
  }

  get resources(): Resources {
    return { cpus: this.cpus / 1000, mem: this.mem / 1000, disk: this.disk / 1000 };
  }
}

/** What pieces add up to in cores, memory and disk. */
export const totalOf = (pieces: readonly mesos.Resource[]): Resources => {
  const sum = new Sum();
  for (const piece of pieces) sum.add(piece);
  return sum.resources;
};

/** The numbers of a piece that is ranges. */
export const rangesOf = ({ ranges }: mesos.Resource): NumberRange[] =>
  (ranges?.range ?? []).map(({ begin, end }) => ({ begin: Number(begin), end: Number(end) }));

interface Reserved {
  readonly of: Omit<ReservedAmounts, 'resources'>;
  readonly sum: Sum;
}

/** Adds pieces up, each looked at once: a master may make thousands of offers at a time. */
class Tally {
  readonly #sum = new Sum();
  /** In thousandths, graphics processors among them. */
  readonly #scalars = new Map<string, number>();
  readonly #ports: NumberRange[] = [];
  readonly #sets = new Map<string, string[]>();
  readonly #reserved = new Map<string, Reserved>();
  readonly #volumes = new Map<string, OfferedVolume>();
  readonly #disks: OfferedDisk[] = [];
  #revocable: Sum | undefined;

  add(piece: mesos.Resource): void {
    const kind = kindOf(piece);
    if (kind === 'plain') this.#addPlain(piece);
    if (kind === 'volume') this.#addVolume(piece);
    if (kind === 'mount') this.#disks.push({ id: diskIdOf(piece), size: amountOf(piece) / 1000 });
    if (kind !== 'revocable') return;
    this.#revocable ??= new Sum();
    this.#revocable.add(piece);
  }

  /** What there is nothing of is absent. */
  get result(): AgentResources {
    const { gpus = 0, ...scalars } = Object.fromEntries(
      [...this.#scalars].map(([name, amount]) => [name, amount / 1000]),
    );
    return {
      ...this.#sum.resources,
      ...(gpus > 0 && { gpus }),
      ...(Object.keys(scalars).length > 0 && { scalars }),
      ...(this.#ports.length > 0 && { ports: mergeRanges(this.#ports) }),
      ...(this.#sets.size > 0 && { sets: Object.fromEntries(this.#sets) }),
      ...(this.#reserved.size > 0 && {
        reserved: [...this.#reserved.values()].map(({ of, sum }) => ({ ...of, resources: sum.resources })),
      }),
      ...(this.#revocable && { revocable: this.#revocable.resources }),
      ...(this.#volumes.size > 0 && { volumes: [...this.#volumes.values()] }),
      ...(this.#disks.length > 0 && { disks: this.#disks }),
    };
  }

  #addPlain(piece: mesos.Resource): void {
    const { name, type } = piece;
    if (this.#sum.add(piece)) this.#addReserved(piece);
    else if (type === 'SCALAR') this.#scalars.set(name, (this.#scalars.get(name) ?? 0) + amountOf(piece));
    // There are as many as graphics processors, by whose number tasks ask for them.
    else if (type === 'SET' && name !== gpuDevices)
      this.#sets.set(name, [...(this.#sets.get(name) ?? []), ...(piece.set?.item ?? [])]);
    else if (name === 'ports') this.#ports.push(...rangesOf(piece));
  }

  #addReserved(piece: mesos.Resource): void {
    const of = reservationOf(piece);
    if (of === undefined) return;
    const key = JSON.stringify([of.type, of.role, Object.entries(of.labels).sort()]);
    const reserved = this.#reserved.get(key) ?? { of, sum: new Sum() };
    this.#reserved.set(key, reserved);
    reserved.sum.add(piece);
  }

  /** A shared volume is listed once for each task that uses it. */
  #addVolume(piece: mesos.Resource): void {
    const persistenceId = piece.disk?.persistence?.id ?? '';
    const volume = { persistenceId, size: amountOf(piece) / 1000, shared: piece.shared !== undefined };
    this.#volumes.set(persistenceId, volume);
  }
}

/** What pieces of an offer or of an agent are in the words of the scheduler. */
export function agentResources(pieces: readonly mesos.Resource[]): AgentResources {
  const tally = new Tally();
  for (const piece of pieces) tally.add(piece);
  return tally.result;
}
