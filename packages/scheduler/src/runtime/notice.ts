import type { Explanation } from '../explain/index.ts';
import type { Unavailability } from '../model/agent.ts';
import type { Attempt, AttemptState, TaskSpec, TaskState } from '../model/task.ts';

/** What the scheduler tells whoever watches, after it is durable. */
export type SchedulerNotice =
  /** A task came into a state; `attempt` is the one that brought it there. */
  | {
      readonly type: 'task';
      readonly spec: TaskSpec;
      readonly state: TaskState;
      readonly attempt?: Attempt;
      /** Why a task failed that never had an attempt, or whose attempts were lost. */
      readonly message?: string;
    }
  /** An attempt came into a state. */
  | { readonly type: 'attempt'; readonly spec: TaskSpec; readonly attempt: Attempt }
  /**
   * Tasks wait that no known agent could ever run, or that found no place for a while in which nothing ran that could
   * make room. Told once for each kind of task.
   */
  | {
      readonly type: 'unplaced';
      readonly tasks: number;
      /** For people, in one sentence. */
      readonly message: string;
      readonly explanation: Explanation;
    }
  /** Too many tasks failed on this agent: nothing is put there for a while. */
  | {
      readonly type: 'agent-avoided';
      readonly agentId: string;
      readonly hostname: string;
      readonly seconds: number;
    }
  /** The cluster runs an attempt for this framework that is not in the store. */
  | {
      readonly type: 'unknown-attempt';
      readonly attemptId: string;
      readonly agentId: string;
      readonly state: AttemptState;
      readonly action: 'kill' | 'leave';
    }
  /** An agent is to be gone for a time, and the cluster asked whether that is convenient. */
  | {
      readonly type: 'maintenance';
      /** Absent where all agents are meant. */
      readonly agentId?: string;
      readonly unavailability: Unavailability;
      readonly answer: 'accept' | 'decline';
      /** How many attempts will still run there then. */
      readonly stillRunning: number;
      /** When the last of them will have ended, in milliseconds since 1970, if that can be said. */
      readonly until?: number;
    }
  /** The store cannot write for now, and nothing is launched or acknowledged until it can; absent: it can again. */
  | { readonly type: 'store-trouble'; readonly error?: Error }
  | { readonly type: 'subscribed'; readonly frameworkId: string }
  | { readonly type: 'disconnected'; readonly message: string }
  /** Once more it was tried in vain to connect; it is tried again. */
  | { readonly type: 'unreachable'; readonly message: string }
  /** A call to the cluster did not get through; what it was for is asked for or done again. */
  | { readonly type: 'call-failed'; readonly call: string; readonly error: Error }
  /** The scheduler cannot go on: the driver has given up or the store cannot write. */
  | { readonly type: 'stopped'; readonly error: Error };
