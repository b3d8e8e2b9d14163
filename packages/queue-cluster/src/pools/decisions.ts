/** Submit a pilot. Its `intended` event must be on the disk before; the answer is news. */
export interface SubmitDecision {
  readonly kind: 'submit';
  readonly pilot: string;
  readonly pool: string;
  readonly excludedNodes: readonly string[];
}

/** Ask a queueing system for its jobs, by one command; the answer is news, whatever it is. */
export interface AskStatusDecision {
  readonly kind: 'ask-status';
  readonly system: string;
  /** Ids of the batch jobs it matters for; pilots without an id are looked for by their names. */
  readonly ids: readonly string[];
}

/** Ask a queueing system that keeps accounts how jobs have ended; the answer is news. */
export interface AskEndingsDecision {
  readonly kind: 'ask-endings';
  readonly system: string;
  readonly ids: readonly string[];
}

/** `DEACTIVATE_AGENT`: no more offers, tasks go on. */
export interface DeactivateDecision {
  readonly kind: 'deactivate-agent';
  readonly pilot: string;
  readonly agentId: string;
}

/** `REACTIVATE_AGENT`: offers again, for it is wanted after all. */
export interface ReactivateDecision {
  readonly kind: 'reactivate-agent';
  readonly pilot: string;
  readonly agentId: string;
}

/** `DRAIN_AGENT`: its tasks are killed, with this grace. */
export interface DrainDecision {
  readonly kind: 'drain-agent';
  readonly pilot: string;
  readonly agentId: string;
  readonly graceSeconds: number;
}

/** `MARK_AGENT_GONE`: whatever ran there is over, and this agent may not come back. */
export interface MarkGoneDecision {
  readonly kind: 'mark-agent-gone';
  readonly pilot: string;
  readonly agentId: string;
}

/** What the orders of a pilot are to say from now on, whole. */
export interface OrderDecision {
  readonly kind: 'order';
  readonly pilot: string;
  /** Not to end for being idle, as long as the launcher lives. */
  readonly keep: boolean;
  /** No more tasks: the agent is being drained. */
  readonly drain: boolean;
  /** To end now, well. */
  readonly stop: boolean;
}

/** Have the traps of these pilots' scripts run. */
export interface StopBatchJobsDecision {
  readonly kind: 'stop-batch-jobs';
  readonly system: string;
  readonly ids: readonly string[];
}

/** Take these batch jobs out of the queue, whatever they do. */
export interface CancelBatchJobsDecision {
  readonly kind: 'cancel-batch-jobs';
  readonly system: string;
  readonly ids: readonly string[];
}

/** Nothing is left of this pilot in the queue or on the master: its directory can go. */
export interface ForgetDecision {
  readonly kind: 'forget';
  readonly pilot: string;
}

/** The cluster is down and nothing of it is left: the launcher can end. */
export interface FinishDecision {
  readonly kind: 'finish';
}

/** Something to be done. None has to succeed: what has not come about is decided again, later. */
export type Decision =
  | SubmitDecision
  | AskStatusDecision
  | AskEndingsDecision
  | DeactivateDecision
  | ReactivateDecision
  | DrainDecision
  | MarkGoneDecision
  | OrderDecision
  | StopBatchJobsDecision
  | CancelBatchJobsDecision
  | ForgetDecision
  | FinishDecision;
