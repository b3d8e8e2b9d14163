import type { NumberRange } from '../model/amounts.ts';

/** The free ports of a slot: ranges in ascending order that neither overlap nor touch. */
export class PortPool {
  #ranges: NumberRange[] = [];

  /** How many are free. */
  get size(): number {
    return this.#ranges.reduce((sum, { begin, end }) => sum + end - begin + 1, 0);
  }

  /** What is free, in ascending order. */
  get ranges(): readonly NumberRange[] {
    return this.#ranges;
  }

  add(ranges: readonly NumberRange[]): void {
    const sorted = [...this.#ranges, ...ranges].sort((a, b) => a.begin - b.begin);
    const joined: NumberRange[] = [];
    for (const range of sorted) {
      const last = joined.at(-1);
      if (last && range.begin <= last.end + 1) {
        joined[joined.length - 1] = { begin: last.begin, end: Math.max(last.end, range.end) };
      } else joined.push(range);
    }
    this.#ranges = joined;
  }

  /** Whether all these are free, and `any` others besides. */
  has(fixed: readonly number[], any: number): boolean {
    if (new Set(fixed).size < fixed.length) return false;
    const allFree = fixed.every((port) =>
      this.#ranges.some(({ begin, end }) => begin <= port && port <= end),
    );
    return allFree && this.size >= fixed.length + any;
  }

  /** The fixed ones first, then the lowest free ones. To be called only if {@link has} says so. */
  take(fixed: readonly number[], any: number): number[] {
    for (const port of fixed) this.#remove(port);
    const taken = [...fixed];
    while (taken.length < fixed.length + any) {
      const first = this.#ranges[0];
      if (!first) break;
      this.#remove(first.begin);
      taken.push(first.begin);
    }
    return taken;
  }

  giveBack(ports: readonly number[]): void {
    this.add(ports.map((port) => ({ begin: port, end: port })));
  }

  #remove(port: number): void {
    this.#ranges = this.#ranges.flatMap((range) => {
      if (port < range.begin || port > range.end) return [range];
      const parts = [
        { begin: range.begin, end: port - 1 },
        { begin: port + 1, end: range.end },
      ];
      return parts.filter(({ begin, end }) => begin <= end);
    });
  }
}
