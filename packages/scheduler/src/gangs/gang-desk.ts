import type { Amounts } from '../fairness/amounts.ts';
import type { KeptAgents } from '../fairness/kept-agents.ts';
import type { OccupiedAgent } from '../fairness/when-fits.ts';
import type { HoardingRule } from '../model/policy.ts';
import { thousandths } from '../model/resources.ts';
import type { TaskId, TaskUnion } from '../model/task.ts';
import { chooseHoard, type HoardedAgent } from './choose-hoard.ts';

/** Names a gang: the id of its {@link TaskUnion}. */
export type GangId = string;

/** A gang of which all tasks wait. */
export interface CompleteGang {
  readonly id: GangId;
  readonly taskIds: ReadonlySet<TaskId>;
  /** Whether agents are kept for it at the moment. */
  readonly hoards: boolean;
}

/** What a gang that is to have its turn needs, and where it might be had. */
export interface HoardRequest {
  readonly gangId: GangId;
  /** What each of its tasks asks for. */
  readonly members: readonly Amounts[];
  /** Those that a member could run on as far as constraints that look at the agent go, without those kept for others. */
  readonly agents: readonly OccupiedAgent[];
  /** Of all known agents. */
  readonly knownCores: number;
}

interface Gang {
  readonly id: GangId;
  readonly size: number;
  readonly tasks: Set<TaskId>;
  /** Turns that ended without a start, one after the other. */
  vainTurns: number;
  /** No turn before this, in milliseconds. */
  notBefore: number;
}

const coresTogether = (members: readonly Amounts[]): number =>
  members.reduce((sum, wanted) => sum + (wanted[0] ?? 0), 0);

/** After turns in vain a gang sits out for 1, 2, 4 and at most 8 times the length of a turn. */
const longestRest = 8;

/**
 * Decides when gangs have their turn. A gang is complete when all its tasks wait; one that fits is started at once, at
 * any time, and whether it does is the matcher's to find out. Of those that do not fit, one at a time may hoard: agents
 * are kept for it, for a time and up to a part of all cores. As no two hold back what the other needs, they cannot block
 * one another; and when its time is up, a gang gives all back and goes to the end of the line, so that each has its turn.
 *
 * A gang that fits into the allowed part of the cluster starts in its first turn, if what runs where it is put ends
 * within the time of a turn.
 */
export class GangDesk {
  #turn = 0;
  #share = 0;
  readonly #kept: KeptAgents;
  readonly #gangs = new Map<GangId, Gang>();
  /** In the order of their turns. */
  readonly #complete = new Map<GangId, Gang>();
  #hoarder: { readonly gang: Gang; readonly until: number } | undefined;

  constructor(rule: HoardingRule, kept: KeptAgents) {
    this.reconfigure(rule);
    this.#kept = kept;
  }

  /** Goes by another rule from the next turn on. */
  reconfigure({ maximumSeconds, maximumShare }: HoardingRule): void {
    this.#turn = maximumSeconds * 1000;
    this.#share = maximumShare;
  }

  /** A task of a gang waits. */
  add({ id, size }: TaskUnion, taskId: TaskId): void {
    const gang = this.#gangs.get(id) ?? {
      id,
      size,
      tasks: new Set<TaskId>(),
      vainTurns: 0,
      notBefore: Number.NEGATIVE_INFINITY,
    };
    this.#gangs.set(id, gang);
    gang.tasks.add(taskId);
    if (gang.tasks.size >= gang.size) this.#complete.set(id, gang);
  }

  /** A task of a gang waits no longer, but not because the gang was started. */
  remove(gangId: GangId, taskId: TaskId): void {
    const gang = this.#gangs.get(gangId);
    if (!gang?.tasks.delete(taskId)) return;
    if (gang.tasks.size < gang.size) this.#leaveLine(gang);
    if (gang.tasks.size === 0) this.#gangs.delete(gangId);
  }

  /** The gang was started as a whole: what was kept for it is free. */
  launched(gangId: GangId): void {
    const gang = this.#gangs.get(gangId);
    if (!gang) return;
    this.#leaveLine(gang);
    this.#gangs.delete(gangId);
  }

  /** All complete gangs, in the order in which they are to be tried: the one that hoards first, then by turn. */
  complete(): readonly CompleteGang[] {
    const hoarder = this.#hoarder?.gang;
    const others = [...this.#complete.values()].filter((gang) => gang !== hoarder);
    return (hoarder ? [hoarder, ...others] : others).map((gang) => ({
      id: gang.id,
      taskIds: gang.tasks,
      hoards: gang === hoarder,
    }));
  }

  /** Whether all tasks of a gang wait. */
  isComplete(gangId: GangId): boolean {
    return this.#complete.has(gangId);
  }

  /** Ends the turn of the gang that hoards if its time is up, and tells which it was. */
  expire(now: number): GangId | undefined {
    const hoarder = this.#hoarder;
    if (!hoarder || now < hoarder.until) return undefined;
    this.#inVain(hoarder.gang, now);
    return hoarder.gang.id;
  }

  /** Whose turn it is to hoard, after all complete gangs were tried; undefined: another hoards, or none may. */
  nextInLine(now: number): GangId | undefined {
    if (this.#hoarder) return undefined;
    for (const gang of this.#complete.values()) if (gang.notBefore <= now) return gang.id;
    return undefined;
  }

  /**
   * Keeps agents for the gang that is {@link nextInLine}, or keeps others for the one that hoards, when it has lost an
   * agent; its time goes on then. Empty: there is nothing that could be kept for it, and the next has its turn.
   */
  hoard(request: HoardRequest, now: number): readonly HoardedAgent[] {
    const gang = this.#complete.get(request.gangId);
    if (!gang || (this.#hoarder && this.#hoarder.gang !== gang)) {
      throw new Error(
        `Gang ${request.gangId} may not hoard: it is not complete or not its turn; ask nextInLine().`,
      );
    }
    this.#kept.release(gang.id);
    const agents = request.agents.filter(({ id }) => !this.#kept.of(id));
    const knownCores = thousandths(request.knownCores);
    // What is kept for one that is too large for the whole cluster is kept in vain; agents may be larger than was seen.
    const isHopeless = agents.every(({ total }) => total) && coresTogether(request.members) > knownCores;
    const hoard = isHopeless ? [] : chooseHoard(request.members, agents, knownCores * this.#share, now);
    if (hoard.length === 0) {
      this.#inVain(gang, now);
      return [];
    }
    this.#hoarder ??= { gang, until: now + this.#turn };
    for (const { agentId, wanted, fit } of hoard) this.#kept.keep(gang.id, agentId, wanted, fit);
    return hoard;
  }

  /** When {@link expire} or {@link nextInLine} will have something to say; `Infinity`: not by time alone. */
  get nextDeadline(): number {
    if (this.#hoarder) return this.#hoarder.until;
    let next = Number.POSITIVE_INFINITY;
    for (const { notBefore } of this.#complete.values()) next = Math.min(next, notBefore);
    return next;
  }

  #inVain(gang: Gang, now: number): void {
    gang.notBefore = now + this.#turn * Math.min(2 ** gang.vainTurns, longestRest);
    gang.vainTurns++;
    this.#leaveLine(gang);
    this.#complete.set(gang.id, gang);
  }

  #leaveLine(gang: Gang): void {
    this.#complete.delete(gang.id);
    if (this.#hoarder?.gang !== gang) return;
    this.#hoarder = undefined;
    this.#kept.release(gang.id);
  }
}
