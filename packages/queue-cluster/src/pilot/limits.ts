/** How patient a pilot is, in seconds where nothing else is said. */
export interface PilotLimits {
  /** How often it looks at its agent, its master and its orders. */
  readonly lookSeconds: number;
  /** How long an agent or master may take to answer. */
  readonly answerSeconds: number;
  /** How long a pilot without executors waits for a master that is gone: one may be restarted, or have a successor. */
  readonly masterLostSeconds: number;
  /** How long orders may be missing from a directory that can be seen: file servers may show changes a minute late. */
  readonly revokedSeconds: number;
  /** How long ago the launcher may have shown itself for its order to keep the pilot to count. */
  readonly beatSeconds: number;
  /** How long the agent may take to end in order; queues kill about 30 s after their first signal. */
  readonly stopSeconds: number;
  /** An agent that ends within this time is not started again: the next one would do the same. */
  readonly agentFreshSeconds: number;
  /** How often an agent is started again that was killed or crashed. */
  readonly agentRestarts: number;
}

/** Of those that nobody has said otherwise of. */
export const usualLimits: PilotLimits = {
  lookSeconds: 5,
  answerSeconds: 5,
  masterLostSeconds: 300,
  revokedSeconds: 90,
  beatSeconds: 300,
  stopSeconds: 15,
  agentFreshSeconds: 60,
  agentRestarts: 3,
};
