import type { AgentResources } from '../model/amounts.ts';
import { type ResourceName, thousandths } from '../model/resources.ts';
import type { Demand, Pool } from './demand.ts';
import type { SlotNumber } from './slot.ts';

/** Free cores, memory and disk of all slots, in thousandths. */
export interface PoolColumns {
  cpus: Float64Array;
  mem: Float64Array;
  disk: Float64Array;
}

type Amounts = Pick<Demand, 'cpus' | 'mem' | 'disk'>;

/**
 * What is free in all slots, in integer thousandths: an array for each kind of amount. Those of revocable and oddly
 * named amounts, and of what is not reserved, are there only once somebody offers such.
 */
export class Columns {
  /** Whoever it is for. */
  readonly any: PoolColumns;
  gpus: Float64Array;
  readonly #scalars = new Map<string, Float64Array>();
  #unreserved: PoolColumns | undefined;
  #revocable: PoolColumns | undefined;
  #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.any = noColumns(capacity);
    this.gpus = new Float64Array(capacity);
  }

  /** The columns that cores, memory and disk of a demand are compared with; absent: nobody has anything of it. */
  pool(pool: Pool): PoolColumns | undefined {
    if (pool === 'revocable') return this.#revocable;
    return pool === 'unreserved' ? (this.#unreserved ?? this.any) : this.any;
  }

  /** Whether a slot has the cores, memory, disk and graphics processors that a demand asks for. */
  fit(number: SlotNumber, demand: Demand): boolean {
    const columns = this.pool(demand.pool);
    if (columns === undefined) return false;
    return (
      (columns.cpus[number] as number) >= demand.cpus &&
      (columns.mem[number] as number) >= demand.mem &&
      (columns.disk[number] as number) >= demand.disk &&
      (this.gpus[number] as number) >= demand.gpus
    );
  }

  /** Whether a slot has the other amounts that a demand asks for. */
  fitScalars(number: SlotNumber, { scalars }: Demand): boolean {
    return scalars.every(([name, amount]) => (this.#scalars.get(name)?.[number] ?? 0) >= amount);
  }

  /** Adds what is offered. */
  add(number: SlotNumber, resources: AgentResources): void {
    const amounts = inThousandths(resources);
    addAmounts(this.any, number, amounts, 1);
    if (this.#unreserved) addAmounts(this.#unreserved, number, amounts, 1);
    if (resources.revocable) {
      this.#revocable ??= noColumns(this.#capacity);
      addAmounts(this.#revocable, number, inThousandths(resources.revocable), 1);
    }
    addTo(this.gpus, number, thousandths(resources.gpus ?? 0));
    if (!resources.scalars) return;
    for (const [name, amount] of Object.entries(resources.scalars)) {
      addTo(this.#scalarColumn(name), number, thousandths(amount));
    }
  }

  /** Takes (-1) or gives back (1) what a demand asks for. */
  move(number: SlotNumber, demand: Demand, sign: 1 | -1): void {
    const isRevocable = demand.pool === 'revocable';
    const columns = isRevocable ? this.#revocable : this.any;
    if (columns) addAmounts(columns, number, demand, sign);
    if (this.#unreserved && !isRevocable) addAmounts(this.#unreserved, number, demand, sign);
    if (demand.gpus > 0) addTo(this.gpus, number, sign * demand.gpus);
    for (const [name, amount] of demand.scalars) {
      const column = this.#scalars.get(name);
      if (column) addTo(column, number, sign * amount);
    }
  }

  /** Sets what is not reserved, given what is. */
  countUnreserved(number: SlotNumber, reserved: (name: ResourceName) => number): void {
    const { any } = this;
    this.#unreserved ??= { cpus: any.cpus.slice(), mem: any.mem.slice(), disk: any.disk.slice() };
    const unreserved = this.#unreserved;
    unreserved.cpus[number] = (any.cpus[number] as number) - reserved('cpus');
    unreserved.mem[number] = (any.mem[number] as number) - reserved('mem');
    unreserved.disk[number] = (any.disk[number] as number) - reserved('disk');
  }

  empty(number: SlotNumber): void {
    for (const pool of [this.any, this.#unreserved, this.#revocable]) {
      if (!pool) continue;
      pool.cpus[number] = 0;
      pool.mem[number] = 0;
      pool.disk[number] = 0;
    }
    this.gpus[number] = 0;
    for (const column of this.#scalars.values()) column[number] = 0;
  }

  /** Makes room for twice as many slots. */
  grow(): void {
    this.#capacity *= 2;
    for (const pool of [this.any, this.#unreserved, this.#revocable]) {
      if (!pool) continue;
      pool.cpus = larger(pool.cpus);
      pool.mem = larger(pool.mem);
      pool.disk = larger(pool.disk);
    }
    this.gpus = larger(this.gpus);
    for (const [name, column] of this.#scalars) this.#scalars.set(name, larger(column));
  }

  #scalarColumn(name: string): Float64Array {
    const found = this.#scalars.get(name) ?? new Float64Array(this.#capacity);
    this.#scalars.set(name, found);
    return found;
  }
}

const noColumns = (capacity: number): PoolColumns => ({
  cpus: new Float64Array(capacity),
  mem: new Float64Array(capacity),
  disk: new Float64Array(capacity),
});

function larger(column: Float64Array): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(column.length * 2);
  copy.set(column);
  return copy;
}

const addTo = (column: Float64Array, number: SlotNumber, amount: number): void => {
  column[number] = (column[number] as number) + amount;
};

function addAmounts(columns: PoolColumns, number: SlotNumber, amounts: Amounts, sign: 1 | -1): void {
  addTo(columns.cpus, number, sign * amounts.cpus);
  addTo(columns.mem, number, sign * amounts.mem);
  addTo(columns.disk, number, sign * amounts.disk);
}

const inThousandths = ({ cpus, mem, disk }: Amounts): Amounts => ({
  cpus: thousandths(cpus),
  mem: thousandths(mem),
  disk: thousandths(disk),
});
