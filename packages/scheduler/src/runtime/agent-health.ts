import type { AgentId } from '../model/agent.ts';
import type { Attempt, TaskId } from '../model/task.ts';
import { verdictOn } from './attempt-rules.ts';
import type { SchedulerOptions } from './options.ts';
import { ownReasons, wasOfferInvalid } from './retry-rules.ts';

/** How much an agent is trusted: `good`, not at all for now, or with one task at a time until that has ended well. */
export type Standing = 'good' | 'avoided' | 'on probation';

interface Record {
  /** Tasks whose attempts ended badly there since the last that ended well. */
  readonly failed: Set<TaskId>;
  /** How often it was avoided since then. */
  sentences: number;
  avoidedUntil: number;
}

type Limits = Pick<SchedulerOptions, 'agentFailuresTolerated' | 'agentAvoidance' | 'longestAgentAvoidance'>;

/**
 * Which agents are avoided: those where attempts at several different tasks ended badly, one after the other, without
 * one that ended well. They get another chance after a while, with one task first; each time they miss it they are
 * avoided for twice as long. A task that fails everywhere says nothing of any agent: it counts once for each.
 */
export class AgentHealth {
  readonly #limits: Limits;
  readonly #records = new Map<AgentId, Record>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Those that are avoided now, for people. */
  avoided(now: number): AgentId[] {
    return [...this.#records].filter(([, { avoidedUntil }]) => avoidedUntil > now).map(([id]) => id);
  }

  /** See {@link Standing}; `now` is on the clock that never jumps, as all times here. */
  standing(agentId: AgentId, now: number): Standing {
    const record = this.#records.get(agentId);
    if (!record || record.sentences === 0) return 'good';
    return record.avoidedUntil > now ? 'avoided' : 'on probation';
  }

  /** How many seconds an agent is still avoided. */
  secondsLeft(agentId: AgentId, now: number): number {
    return Math.max(0, ((this.#records.get(agentId)?.avoidedUntil ?? 0) - now) / 1000);
  }

  /** Takes in the end of an attempt; answers whether its agent is avoided from now on. */
  ended(attempt: Attempt, now: number): boolean {
    const { agentId, taskId } = attempt;
    if (attempt.state === 'TASK_FINISHED') {
      this.#records.delete(agentId);
      return false;
    }
    if (!speaksAgainstAgent(attempt)) return false;
    const record = this.#records.get(agentId) ?? { failed: new Set(), sentences: 0, avoidedUntil: 0 };
    this.#records.set(agentId, record);
    record.failed.add(taskId);
    const tolerated = record.sentences > 0 ? 0 : this.#limits.agentFailuresTolerated;
    if (record.avoidedUntil > now || record.failed.size <= tolerated) return false;
    const { agentAvoidance, longestAgentAvoidance } = this.#limits;
    const seconds = Math.min(agentAvoidance * 2 ** record.sentences, longestAgentAvoidance);
    record.avoidedUntil = now + seconds * 1000;
    record.sentences++;
    record.failed.clear();
    return true;
  }
}

const ours: ReadonlySet<string | undefined> = new Set(Object.values(ownReasons));

/** A kill was wanted by somebody, and what could not run anywhere could not run there. */
function speaksAgainstAgent(attempt: Attempt): boolean {
  if (ours.has(attempt.reason) || wasOfferInvalid(attempt)) return false;
  const verdict = verdictOn(attempt.state);
  return verdict === 'failed' || verdict === 'lost';
}
