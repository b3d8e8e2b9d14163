import type { TaskId } from '../model/task.ts';
import type { DemandClasses, Shape } from './demand-classes.ts';
import type { Keeping } from './keeping.ts';
import type { ImpossibleTasks } from './match-decisions.ts';
import { type ReadyGang, readyGang } from './ready-gang.ts';
import type { WaitingTask } from './shape.ts';
import { groupAsTask, groupFault, groupTaskId, TaskUnions } from './task-unions.ts';

/** What follows from a task that comes or goes. */
export interface WaitingEffects {
  /** The places that a task or group, or its gang, was given in this round are free again. */
  drop(waitingId: TaskId): void;
  /** Offers that were of no use to the others may be of use to what came. */
  newKind(): void;
}

/** The tasks that wait: each in its class, or with its group, which waits as one task, or with its gang. */
export class WaitingTasks {
  readonly groups = new TaskUnions();
  readonly gangs = new TaskUnions();
  /** Shapes of which tasks came since the last round began. */
  readonly arrived = new Set<Shape>();
  readonly #classes: DemandClasses;
  readonly #keeping: () => Keeping;
  readonly #effects: WaitingEffects;
  /** What was found to be impossible when it came. */
  readonly #impossible: ImpossibleTasks[] = [];
  /** Whether any came since it was last seen to that they are looked at though nothing is held out. */
  #anyCame = false;
  #kindsSeen = 0;

  constructor(classes: DemandClasses, keeping: () => Keeping, effects: WaitingEffects) {
    this.#classes = classes;
    this.#keeping = keeping;
    this.#effects = effects;
  }

  /** How many tasks wait for a place. */
  get size(): number {
    return this.#classes.size + this.groups.size - this.groups.completeCount + this.gangs.size;
  }

  /** Changes whenever tasks come of a kind of which none waited. */
  get kindsSeen(): number {
    return this.#kindsSeen;
  }

  /** Those that turned out impossible since this was last asked. */
  takeImpossible(): ImpossibleTasks[] {
    return this.#impossible.splice(0);
  }

  /** Whether any came since this was last asked. */
  takeAnyCame(): boolean {
    const anyCame = this.#anyCame;
    this.#anyCame = false;
    return anyCame;
  }

  /** Throws what is wrong with the task: see `DemandClasses.classOf`. */
  add(task: WaitingTask): void {
    const { gang, group, id } = task.spec;
    if (!gang && !group) {
      this.#wait(task);
      return;
    }
    // What is wrong with it is to be thrown now, and not when the others are there.
    this.#classes.classOf(task);
    if (gang) {
      this.gangs.add(gang, task);
      this.#keeping().gangs.add(gang, id);
      this.#newKind();
    } else if (group) {
      const tasks = this.groups.add(group, task);
      if (tasks) this.#waitAsGroup(group.id, tasks);
    }
  }

  remove(taskId: TaskId): void {
    const gangId = this.gangs.remove(taskId);
    if (gangId !== undefined) this.#keeping().gangs.remove(gangId, taskId);
    const groupId = this.groups.remove(taskId);
    this.#takeOut(groupId === undefined ? taskId : groupTaskId(groupId));
    const rest = groupId === undefined ? undefined : this.groups.complete(groupId);
    if (groupId !== undefined && rest) this.#waitAsGroup(groupId, rest);
  }

  /** The gang, once all of its tasks are there. */
  readyGang(id: string): ReadyGang | undefined {
    const tasks = this.gangs.complete(id);
    return tasks && readyGang(id, tasks, this.#classes);
  }

  /** Takes a task or a group out of its class, or gives its place back that nobody was told of. */
  #takeOut(waitingId: TaskId): void {
    const demandClass = this.#classes.remove(waitingId);
    if (demandClass?.count === 0) this.#keeping().release(demandClass);
    if (!demandClass) this.#effects.drop(waitingId);
  }

  #waitAsGroup(groupId: string, tasks: readonly WaitingTask[]): void {
    // One that waits already has got a task more than it needed.
    this.#takeOut(groupTaskId(groupId));
    const reason = groupFault(tasks);
    const whole = reason === undefined ? groupAsTask(groupTaskId(groupId), tasks) : undefined;
    if (whole) this.#wait(whole);
    if (reason === undefined) return;
    this.#impossible.push({ taskIds: tasks.map(({ spec }) => spec.id), reason });
    for (const { spec } of tasks) this.groups.remove(spec.id);
  }

  #wait(task: WaitingTask): void {
    const known = this.#classes.shapeCount;
    const { shape } = this.#classes.add(task);
    if (this.#classes.shapeCount > known) this.#newKind();
    this.arrived.add(shape);
    this.#anyCame = true;
  }

  #newKind(): void {
    this.#effects.newKind();
    this.#kindsSeen++;
  }
}
