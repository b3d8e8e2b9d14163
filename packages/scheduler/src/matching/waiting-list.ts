import type { TaskId } from '../model/task.ts';
import { TicketMap } from './ticket-map.ts';

/** Where a waiting task stands in the columns; used again once the task has left. */
type Ticket = number;

/** The tasks of one class, in the order in which they came. */
export interface WaitingList {
  first: Ticket;
  last: Ticket;
  count: number;
  /** Where the last task was put in between others: those that come back together find their places fast. */
  finger: Ticket;
}

/** What is kept of each waiting task. */
export interface WaitingEntry {
  readonly id: TaskId;
  readonly sequence: number;
  readonly since: number;
}

const none: Ticket = -1;
const firstCapacity = 1024;

/** A list without tasks. */
export const emptyList = (): WaitingList => ({ first: none, last: none, count: 0, finger: none });

/**
 * The tasks that wait, as linked lists in columns of numbers: a million of them are a few arrays, not a million
 * objects that the garbage collector would have to walk through, and any of them can be taken out at once.
 */
export class WaitingTasks<List extends WaitingList> {
  readonly #tickets = new TicketMap();
  readonly #ids: TaskId[] = [];
  readonly #lists: (List | undefined)[] = [];
  #sequences = new Float64Array(firstCapacity);
  #sinces = new Float64Array(firstCapacity);
  #next = new Int32Array(firstCapacity);
  #previous = new Int32Array(firstCapacity);
  #free: Ticket = none;
  #used = 0;

  /** How many tasks wait. */
  get size(): number {
    return this.#tickets.size;
  }

  /** Puts a task behind all of its list that came before it. One that waits already keeps its place. */
  add(list: List, { id, sequence, since }: WaitingEntry): void {
    if (this.#tickets.has(id)) return;
    const ticket = this.#newTicket();
    this.#tickets.set(id, ticket);
    this.#ids[ticket] = id;
    this.#lists[ticket] = list;
    this.#sequences[ticket] = sequence;
    this.#sinces[ticket] = since;
    const before = this.#placeFor(list, sequence);
    const after = before === none ? list.first : (this.#next[before] as Ticket);
    this.#link(list, before, ticket);
    this.#link(list, ticket, after);
    if (after !== none) list.finger = ticket;
    list.count++;
  }

  /** Takes a task out of its list, which is the answer; undefined if it does not wait. */
  remove(id: TaskId): List | undefined {
    const ticket = this.#tickets.get(id);
    const list = ticket === undefined ? undefined : this.#lists[ticket];
    if (ticket === undefined || !list) return undefined;
    const before = this.#previous[ticket] as Ticket;
    this.#link(list, before, this.#next[ticket] as Ticket);
    if (list.finger === ticket) list.finger = before;
    list.count--;
    this.#tickets.delete(id);
    // What is not overwritten would keep the string alive.
    this.#ids[ticket] = '';
    this.#lists[ticket] = undefined;
    this.#next[ticket] = this.#free;
    this.#free = ticket;
    return list;
  }

  /** The first task of a list. */
  first(list: List): WaitingEntry | undefined {
    const ticket = list.first;
    if (ticket === none) return undefined;
    return {
      id: this.#ids[ticket] as TaskId,
      sequence: this.#sequences[ticket] as number,
      since: this.#sinces[ticket] as number,
    };
  }

  /** The ids of a list, in order. */
  *ids(list: List): IterableIterator<TaskId> {
    for (let ticket = list.first; ticket !== none; ticket = this.#next[ticket] as Ticket) {
      yield this.#ids[ticket] as TaskId;
    }
  }

  /** The last ticket of the list whose task came before, or -1. */
  #placeFor(list: WaitingList, sequence: number): Ticket {
    if (list.last === none || this.#cameBefore(list.last, sequence)) return list.last;
    let place = list.finger === none ? list.first : list.finger;
    while (place !== none && !this.#cameBefore(place, sequence)) place = this.#previous[place] as Ticket;
    if (place === none) return none;
    for (;;) {
      const after = this.#next[place] as Ticket;
      if (after === none || !this.#cameBefore(after, sequence)) return place;
      place = after;
    }
  }

  #cameBefore(ticket: Ticket, sequence: number): boolean {
    return (this.#sequences[ticket] as number) <= sequence;
  }

  /** Makes two tickets neighbours; -1 stands for the end of the list. */
  #link(list: WaitingList, before: Ticket, after: Ticket): void {
    if (before === none) list.first = after;
    else this.#next[before] = after;
    if (after === none) list.last = before;
    else this.#previous[after] = before;
  }

  #newTicket(): Ticket {
    const ticket = this.#free;
    if (ticket !== none) {
      this.#free = this.#next[ticket] as Ticket;
      return ticket;
    }
    if (this.#used === this.#sequences.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    const capacity = this.#sequences.length * 2;
    const grown = <Column extends Float64Array | Int32Array>(larger: Column, column: Column): Column => {
      larger.set(column);
      return larger;
    };
    this.#sequences = grown(new Float64Array(capacity), this.#sequences);
    this.#sinces = grown(new Float64Array(capacity), this.#sinces);
    this.#next = grown(new Int32Array(capacity), this.#next);
    this.#previous = grown(new Int32Array(capacity), this.#previous);
  }
}
