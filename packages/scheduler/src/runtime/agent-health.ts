import type { AgentId } from '../model/agent.ts';
import type { Attempt, AttemptId, TaskId } from '../model/task.ts';
import { verdictOn } from './attempt-rules.ts';
import { DueTimes } from './due-times.ts';
import type { SchedulerOptions } from './options.ts';
import { isAgentEnd, isOverrun, isOwn, wasOfferInvalid } from './retry-rules.ts';

/** How much an agent is trusted: `good`, not at all for now, or with one task at a time until that has ended well. */
export type Standing = 'good' | 'avoided' | 'on probation';

interface Record {
  /** Tasks whose attempts ended badly there since the last that ended well. */
  readonly failed: Set<TaskId>;
  /** How often it was avoided since then. */
  sentences: number;
  avoidedUntil: number;
  /** The attempt by which it is tried, and when it was taken for good enough to try another. */
  trial?: { readonly attemptId: AttemptId; readonly until: number };
}

type Limits = Pick<SchedulerOptions, 'agentFailuresTolerated' | 'agentAvoidance' | 'longestAgentAvoidance'>;

/** Where more agents than that seem to be bad, it is the tasks that are. */
const mostAvoidedShare = 0.5;

/** Agents come and go; those that failed longest ago are forgotten first. */
const mostRecords = 10_000;

/**
 * Which agents are avoided: those where attempts at several different tasks ended badly, one after the other, without
 * one that ended well. They get another chance after a while, with one task first; each time they miss it they are
 * avoided for twice as long. A task that fails everywhere says nothing of any agent: it counts once for each.
 */
export class AgentHealth {
  readonly #limits: Limits;
  readonly #records = new Map<AgentId, Record>();
  /** Until when agents are avoided; those that are not any more may still be among them. */
  readonly #avoided = new DueTimes<AgentId>();
  #mostAvoided = Number.POSITIVE_INFINITY;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** How many agents there are. */
  agentsKnown(count: number): void {
    this.#mostAvoided = Math.floor(count * mostAvoidedShare);
  }

  /** Those that are avoided now, for people. */
  avoided(now: number): AgentId[] {
    return [...this.#records].filter(([, { avoidedUntil }]) => avoidedUntil > now).map(([id]) => id);
  }

  /** See {@link Standing}; `now` is on the clock that never jumps, as all times here. */
  standing(agentId: AgentId, now: number): Standing {
    const record = this.#records.get(agentId);
    if (!record || record.sentences === 0) return 'good';
    return freeAgainAt(record) > now ? 'avoided' : 'on probation';
  }

  /** How many seconds nothing is to be put on an agent. */
  secondsLeft(agentId: AgentId, now: number): number {
    const record = this.#records.get(agentId);
    return record ? Math.max(0, (freeAgainAt(record) - now) / 1000) : 0;
  }

  /** An agent on probation is tried with this attempt, and with no other until that has ended or gone well for long. */
  tried(agentId: AgentId, attemptId: AttemptId, now: number): void {
    const record = this.#records.get(agentId);
    if (record) record.trial = { attemptId, until: now + this.#secondsFor(record.sentences - 1) * 1000 };
  }

  /** Takes in the end of an attempt; answers whether its agent is avoided from now on. */
  ended(attempt: Attempt, now: number): boolean {
    const { agentId, taskId } = attempt;
    if (attempt.state === 'TASK_FINISHED') {
      this.#forget(agentId);
      return false;
    }
    const known = this.#records.get(agentId);
    if (known?.trial?.attemptId === attempt.id) delete known.trial;
    if (!speaksAgainstAgent(attempt)) return false;
    const record = known ?? { failed: new Set(), sentences: 0, avoidedUntil: 0 };
    this.#remember(agentId, record);
    const tolerated = record.sentences > 0 ? 0 : this.#limits.agentFailuresTolerated;
    if (record.failed.size <= tolerated) record.failed.add(taskId);
    if (record.avoidedUntil > now || record.failed.size <= tolerated) return false;
    this.#avoided.take(now);
    if (this.#avoided.size >= this.#mostAvoided) return false;
    record.avoidedUntil = now + this.#secondsFor(record.sentences) * 1000;
    this.#avoided.set(agentId, record.avoidedUntil);
    record.sentences++;
    record.failed.clear();
    return true;
  }

  #secondsFor(sentence: number): number {
    const { agentAvoidance, longestAgentAvoidance } = this.#limits;
    return Math.min(agentAvoidance * 2 ** sentence, longestAgentAvoidance);
  }

  /** Keeps the records in the order of their last failures, and so many at most. */
  #remember(agentId: AgentId, record: Record): void {
    this.#records.delete(agentId);
    this.#records.set(agentId, record);
    const [oldest] = this.#records.keys();
    if (this.#records.size > mostRecords && oldest !== undefined) this.#forget(oldest);
  }

  #forget(agentId: AgentId): void {
    this.#records.delete(agentId);
    this.#avoided.delete(agentId);
  }
}

const freeAgainAt = ({ avoidedUntil, trial }: Record): number => Math.max(avoidedUntil, trial?.until ?? 0);

/** These say that the master lost sight of the agent, or was told to; not that anything went wrong there. */
const saysNothing: ReadonlySet<Attempt['state']> = new Set(['TASK_UNKNOWN', 'TASK_GONE_BY_OPERATOR']);

/** A kill was wanted by somebody; what asks for too much, or could not run anywhere, had its chance there. */
function speaksAgainstAgent(attempt: Attempt): boolean {
  if (isOwn(attempt) || isAgentEnd(attempt) || wasOfferInvalid(attempt) || isOverrun(attempt)) return false;
  if (saysNothing.has(attempt.state) || attempt.reason?.startsWith('REASON_CONTAINER_LIMITATION'))
    return false;
  const verdict = verdictOn(attempt.state);
  return verdict === 'failed' || verdict === 'lost';
}
