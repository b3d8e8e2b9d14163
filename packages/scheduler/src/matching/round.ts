import type { Slot, SlotNumber } from '../cluster/slot.ts';
import { type Candidate, PlacementOrder } from '../fairness/placement-order.ts';
import type { DemandClass, Shape } from './demand-classes.ts';
import { keeperOf } from './keeping.ts';
import { type Moment, Places } from './places.ts';
import { PossibleShapes } from './possible-shapes.ts';
import type { ReadyGang } from './ready-gang.ts';
import type { HeldTask, RoundContext } from './round-parts.ts';
import { scorerFor } from './scorer.ts';
import { SlotScan } from './slot-scan.ts';
import { SlotSearches } from './slot-searches.ts';
import type { WaitingEntry } from './waiting-list.ts';

/** A class in its turn, or a gang. */
interface Turn extends Candidate {
  readonly demandClass: DemandClass | undefined;
  readonly gang: ReadyGang | undefined;
}

/** Of a class check by its amounts alone, in the unit of `Places.work`. */
const workPerShape = 0.3;
const workPerPlacement = 20;
const workPerTurn = 10;
const turnsPerStep = 500;

/**
 * One round of matching: all that was held out when it began, and all that waits. It goes on in steps for as many
 * calls as it takes; places are kept to itself until it is done, so that an agent's offers are used as fully as can be.
 *
 * First it finds the shapes that fit anywhere at all. Those that were found to fit nowhere in an earlier round are
 * compared with what was offered since, and most are ruled out by the largest amounts of it. Then classes have their
 * turns, in the order that fairness says, one task at a time.
 */
export class Round {
  readonly held = new Map<Slot, HeldTask[]>();
  readonly #context: RoundContext;
  readonly #places: Places;
  #gangs: readonly ReadyGang[];
  readonly #possible: PossibleShapes;
  readonly #searches: SlotSearches;
  #unopened: Shape[];
  /** The classes that are to have a turn in the next order. */
  readonly #opened = new Set<DemandClass>();
  #order: PlacementOrder<Turn> | undefined;
  /** Classes that found no place that constraints allow, with how loose these were. */
  #refused: { readonly demandClass: DemandClass; readonly loosened: number }[] = [];

  constructor(context: RoundContext, gangs: readonly ReadyGang[], moment: Moment) {
    this.#context = context;
    this.#gangs = gangs;
    const { cluster, kept, classes } = context;
    this.#places = new Places(cluster, kept, moment, context.policy.lastStretch);
    this.#possible = new PossibleShapes(this.#places);
    this.#searches = new SlotSearches(this.#places);
    this.#unopened = [...classes.shapes];
    // What is kept for a class is not seen when it is looked where its shape fits.
    if (kept.all.length > 0) {
      const isKeeper = (demandClass: DemandClass) => kept.agentsOf(keeperOf(demandClass)).length > 0;
      for (const demandClass of classes.classes) if (isKeeper(demandClass)) this.#opened.add(demandClass);
    }
  }

  /** Goes on for about `work` units of a tenth of a microsecond; answers whether it is done. */
  advance(work: number): boolean {
    this.#places.work = 0;
    while (this.#places.work < work) if (!this.#step()) return true;
    return false;
  }

  /** Looks again at classes of which tasks came since the round began. */
  reopen(shapes: Iterable<Shape>): void {
    this.#unopened.push(...shapes);
  }

  /** Takes back the places in a slot; the tasks wait again where they waited. */
  undo(slot: Slot): void {
    for (const task of this.held.get(slot) ?? []) {
      if (task.gang) this.#dropGang(task.gang);
      else {
        this.#giveBack(task);
        this.#context.classes.put(task.demandClass, task.entry);
      }
    }
    this.held.delete(slot);
  }

  /** Takes back the place of one task, which does not wait any more, and with it those of its gang. */
  drop(task: HeldTask): void {
    if (task.gang) this.#dropGang(task.gang);
    else this.#release([task]);
  }

  #dropGang(gang: ReadyGang): void {
    this.#release([...this.held.values()].flatMap((tasks) => tasks.filter((task) => task.gang === gang)));
  }

  #release(dropped: readonly HeldTask[]): void {
    for (const task of dropped) {
      this.#giveBack(task);
      const others = (this.held.get(task.slot) ?? []).filter((other) => other !== task);
      if (others.length > 0) this.held.set(task.slot, others);
      else this.held.delete(task.slot);
    }
  }

  #giveBack({ slot, demandClass, taken, occupant }: HeldTask): void {
    this.#context.cluster.table.giveBack(slot.number, demandClass.shape.demand, taken);
    this.#context.occupants.remove(occupant);
    this.#possible.forget();
  }

  #step(): boolean {
    const shape = this.#unopened.pop();
    if (shape) {
      this.#open(shape);
      return true;
    }
    this.#order ??= this.#newOrder();
    if (this.#opened.size > 0) {
      this.#addTurns(this.#order);
      return true;
    }
    const turn = this.#order.next();
    if (turn) {
      this.#give(turn, this.#order);
      return true;
    }
    this.#order = undefined;
    for (const demandClass of this.#loosened()) this.#opened.add(demandClass);
    return this.#opened.size > 0;
  }

  #newOrder(): PlacementOrder<Turn> {
    const turns = this.#gangs.map(gangTurn);
    this.#gangs = [];
    return new PlacementOrder(turns, this.#context.shares, this.#context.policy);
  }

  /** Lets some of the classes wait for their turns: all at once may be too many for a call. */
  #addTurns(order: PlacementOrder<Turn>): void {
    let left = turnsPerStep;
    for (const demandClass of this.#opened) {
      if (left-- === 0) return;
      this.#opened.delete(demandClass);
      const turn = this.#turnOf(demandClass);
      if (turn) order.add(turn);
      this.#places.work += workPerTurn;
    }
  }

  #turnOf(demandClass: DemandClass): Turn | undefined {
    const first = this.#context.classes.first(demandClass);
    if (!first) return undefined;
    const { queue, user, priority, key, shape, tasks } = demandClass;
    return {
      queue,
      user,
      priority,
      waitingSince: first.since,
      sequence: first.sequence,
      resources: shape.demand.resources,
      tasks,
      classId: key,
      demandClass,
      gang: undefined,
    };
  }

  /** Lets the classes of a shape have their turns, if it fits anywhere. */
  #open(shape: Shape): void {
    this.#places.work += workPerShape;
    if (shape.waiting === 0) return;
    if (!this.#possible.isPossible(shape)) {
      this.#veto(shape);
      return;
    }
    shape.vetoed = false;
    for (const demandClass of shape.classes) this.#opened.add(demandClass);
  }

  #veto(shape: Shape): void {
    if (shape.vetoed) return;
    shape.vetoed = true;
    this.#context.cluster.table.noteVeto();
  }

  #give(turn: Turn, order: PlacementOrder<Turn>): void {
    const { demandClass, gang } = turn;
    if (gang) this.#giveGang(gang, turn, order);
    else if (demandClass && this.#giveFirst(demandClass)) order.placed(this.#turnOf(demandClass));
    else order.skip();
  }

  /** Places the first task of a class, if it can. */
  #giveFirst(demandClass: DemandClass): boolean {
    const { classes, kept } = this.#context;
    const entry = classes.first(demandClass);
    if (!entry) return false;
    const isKeeper = kept.agentsOf(keeperOf(demandClass)).length > 0;
    const slot = isKeeper
      ? this.#placeKeptFor(keeperOf(demandClass), demandClass.shape)
      : this.#searches.of(demandClass.shape).best();
    if (slot < 0) {
      this.#refuse(demandClass);
      return false;
    }
    this.#places.keeper = isKeeper ? keeperOf(demandClass) : undefined;
    this.#hold(entry, demandClass, slot, undefined);
    this.#places.keeper = undefined;
    classes.remove(entry.id);
    return true;
  }

  /** A place for whom agents are kept: there, or anywhere else. */
  #placeKeptFor(keeper: string, shape: Shape): SlotNumber {
    this.#places.keeper = keeper;
    const slot = new SlotScan(shape, this.#places, scorerFor(shape, this.#places)).best();
    this.#places.keeper = undefined;
    return slot;
  }

  /** Places all tasks of a gang, or none: what was tried is taken back as if it had never been. */
  #giveGang(gang: ReadyGang, turn: Turn, order: PlacementOrder<Turn>): void {
    const placed: HeldTask[] = [];
    for (const { entry, demandClass } of gang.members) {
      const slot = this.#placeKeptFor(gang.id, demandClass.shape);
      if (slot < 0) break;
      this.#places.keeper = gang.id;
      placed.push(this.#hold(entry, demandClass, slot, gang));
      this.#places.keeper = undefined;
    }
    if (placed.length < gang.members.length) {
      this.#release(placed);
      order.skip();
      return;
    }
    order.placed();
    // The order charged the gang as one; each of its tasks was charged when it was placed.
    this.#context.shares.credit(turn, turn.resources, turn.tasks);
  }

  #hold(
    entry: WaitingEntry,
    demandClass: DemandClass,
    number: SlotNumber,
    gang: ReadyGang | undefined,
  ): HeldTask {
    const { table } = this.#context.cluster;
    const slot = table.slot(number);
    const { shape, queue, user, tags, tasks } = demandClass;
    const { demand, exclusive } = shape;
    this.#places.use(slot, shape);
    const taken = table.take(number, demand);
    const agentId = slot.agent.facts.id;
    const occupant = { agentId, queue, user, resources: demand.resources, tags, exclusive, tasks };
    // The order charges the share of a class that it gave a turn.
    this.#context.occupants.add(occupant, gang !== undefined);
    const task = { entry, demandClass, occupant, slot, taken, gang };
    const held = this.held.get(slot);
    if (held) held.push(task);
    else this.held.set(slot, [task]);
    this.#places.work += workPerPlacement;
    return task;
  }

  #refuse(demandClass: DemandClass): void {
    const { terms } = demandClass.shape;
    if (!terms?.anyCounted) {
      this.#veto(demandClass.shape);
      return;
    }
    const loosened = terms.all.loosened(this.#context.cluster.counts);
    this.#refused.push({ demandClass, loosened });
  }

  /** The classes for which constraints were loosened by what was placed after their turn. */
  #loosened(): DemandClass[] {
    const { counts } = this.#context.cluster;
    const again = this.#refused.filter(
      ({ demandClass, loosened }) => demandClass.shape.terms?.all.loosened(counts) !== loosened,
    );
    this.#refused = this.#refused.filter((refused) => !again.includes(refused));
    return again.map(({ demandClass }) => demandClass);
  }
}

const gangTurn = (gang: ReadyGang): Turn => ({
  queue: gang.queue,
  user: gang.user,
  priority: gang.priority,
  waitingSince: gang.since,
  sequence: gang.sequence,
  resources: gang.resources,
  tasks: gang.members.length,
  classId: `gang ${gang.id}`,
  demandClass: undefined,
  gang,
});
