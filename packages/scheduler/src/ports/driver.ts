import type { AgentFacts, KnownAgent, Unavailability } from '../model/agent.ts';
import type { AgentResources, AssignedResources, TaskResources } from '../model/amounts.ts';
import type { Resources } from '../model/resources.ts';
import type { AttemptId, AttemptState, TaskContainer } from '../model/task.ts';

/** Names an offer; unique for the life of a driver. */
export type OfferId = string;

/** Resources that an agent holds out to the framework until they are accepted, declined or rescinded. */
export interface Offer {
  readonly id: OfferId;
  readonly agent: AgentFacts;
  /** The role whose share it is; offers for two roles are never accepted together. Default `*`. */
  readonly role?: string;
  readonly resources: AgentResources;
}

/** The agent is to be gone for a time, and the framework is asked whether that is convenient. */
export interface InverseOffer {
  readonly id: OfferId;
  /** Absent where all agents are meant. */
  readonly agentId?: string;
  readonly unavailability: Unavailability;
}

/** One attempt to be started with resources of an offer. */
export interface Launch {
  readonly attemptId: AttemptId;
  readonly name: string;
  /** Run by `/bin/sh -c` in the sandbox. */
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly resources: TaskResources;
  readonly assigned?: AssignedResources;
  readonly maximumRunSeconds?: number;
  /** Launches of one call that bear the same id are started together or not at all. */
  readonly groupId?: string;
  readonly container?: TaskContainer;
  /** The user of the operating system; absent: the driver's own choice. */
  readonly runAs?: string;
}

/**
 * Which offers are of any use. A driver passes it on where the cluster can heed it; offers that do not keep to it
 * may come all the same.
 */
export interface OfferWish {
  /** An offer that has less than each of these in some amount is of no use; empty: any is. */
  readonly smallest: readonly Resources[];
  /** An agent that keeps all the rules of one of these lists is of use; empty: any agent is. */
  readonly agents: readonly (readonly AgentRule[])[];
  /** Agents with graphics processors are of use, which a cluster may keep for those that ask; absent: nothing asks. */
  readonly gpus?: true;
}

/** What an agent must be like, in the terms of Mesos's `AttributeConstraint.Predicate`. */
export interface AgentRule {
  /** An attribute, or `@hostname`, `@region` or `@zone`. */
  readonly field: string;
  readonly predicate: 'exists' | 'not-exists' | 'equals' | 'not-equals' | 'matches' | 'not-matches';
  /** The value, or the RE2 pattern of the whole value; `''` for the first two. */
  readonly operand: string;
}

/** What is known of the state of an attempt. */
export interface AttemptUpdate {
  readonly attemptId: AttemptId;
  readonly state: AttemptState;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly agentId?: string;
  readonly message?: string;
  readonly reason?: string;
  /** Of a command that ended by itself. */
  readonly exitCode?: number;
  /** Where the attempt's files are, for people. */
  readonly sandbox?: string;
  /** Present if the update must be acknowledged, opaque to all but the driver; it is sent again until then. */
  readonly acknowledgement?: string;
}

/** An attempt, as far as the driver needs to know it to find it. */
export interface AttemptReference {
  readonly attemptId: AttemptId;
  /** `''` where nobody has said on which agent it is. */
  readonly agentId: string;
}

/** What a driver tells its listener. */
export type DriverEvent =
  /**
   * Offers may come and launches may be sent. Comes again after every loss of the connection: all earlier
   * offers are void then, and the state of every attempt should be asked for.
   */
  | { readonly type: 'subscribed'; readonly frameworkId: string }
  | { readonly type: 'offers'; readonly offers: readonly Offer[] }
  /** An offer or inverse offer is void. */
  | { readonly type: 'rescinded'; readonly offerId: OfferId }
  /**
   * All agents there are now, as far as the driver can tell. `final`: there will never be others, so that a task
   * that none of them could ever run is failed, not kept waiting.
   */
  | { readonly type: 'agents'; readonly agents: readonly KnownAgent[]; readonly final: boolean }
  | { readonly type: 'inverse-offers'; readonly offers: readonly InverseOffer[] }
  /** Of offers, too, nothing comes for this agent any more, until it is back. */
  | { readonly type: 'agent-lost'; readonly agentId: string }
  | { readonly type: 'update'; readonly update: AttemptUpdate }
  /** The driver is trying to connect again by itself. */
  | { readonly type: 'disconnected'; readonly message: string }
  /** It has tried in vain, and goes on trying; comes each time, also before the first `subscribed`. */
  | { readonly type: 'unreachable'; readonly message: string }
  /** The driver has given up; nothing comes after this. */
  | { readonly type: 'failed'; readonly error: Error };

/** Takes events one at a time, in order, and must not throw. */
export type DriverListener = (event: DriverEvent) => void;

/** A part of a file. */
export interface FilePart {
  readonly bytes: Uint8Array;
  /** Of the whole file when it was looked at; 0 if there is none. */
  readonly size: number;
}

/**
 * The port through which the scheduler reaches a cluster. One is implemented on a Mesos master, one on this
 * machine; both pass the contract suite of the package `drivers`.
 *
 * Calls say what is wanted; that a call returned means it was sent, not that it was done. What came of it is
 * told by events. A call may reject while the connection is lost, and then had no effect or one that only
 * {@link ClusterDriver.reconcile} can tell; `decline` and `launch` of offers that the loss made void do not.
 */
export interface ClusterDriver {
  readonly kind: 'local' | 'mesos';
  /** Connects. Resolves after the first `subscribed` event; rejects if the cluster cannot be reached. */
  start(listener: DriverListener): Promise<void>;
  /**
   * Accepts offers of one agent and one role, and starts attempts with them; what is left is given back. If one of
   * the offers is no longer valid, that ends as an update TASK_DROPPED for each attempt.
   */
  launch(offerIds: readonly OfferId[], launches: readonly Launch[]): Promise<void>;
  /** Gives offers back; their resources are not offered again for `refuseSeconds`. */
  decline(offerIds: readonly OfferId[], refuseSeconds: number): Promise<void>;
  /** Asks an attempt to end (SIGTERM), and ends it (SIGKILL) if it has not after `graceSeconds`. */
  kill(attempt: AttemptReference, graceSeconds: number): Promise<void>;
  /** To be called once an update that carries an `acknowledgement` is durably stored. */
  acknowledge(update: AttemptUpdate): Promise<void>;
  /** Tells whether it is convenient that agents will be gone. */
  answerInverseOffers(offerIds: readonly OfferId[], answer: 'accept' | 'decline'): Promise<void>;
  /**
   * Asks for an update of the current state of each attempt; one that the cluster does not know is TASK_GONE or
   * TASK_UNKNOWN. With none, asks for the states of all attempts that the cluster knows.
   */
  reconcile(attempts: readonly AttemptReference[]): Promise<void>;
  /** No offers are wanted until `revive`. */
  suppress(): Promise<void>;
  /** Offers are wanted, also of resources that were declined; a wish holds until the next. */
  revive(wish?: OfferWish): Promise<void>;
  /**
   * The last bytes of a file in the sandbox of an attempt, `''` if there is none; never more than
   * `maximumBytes`. Rejects if the agent cannot be reached.
   */
  tailSandboxFile(
    attempt: AttemptReference,
    file: 'stdout' | 'stderr',
    maximumBytes: number,
  ): Promise<string>;
  /**
   * What stands in a file in the sandbox of an attempt from a place on; nothing if there is no such file, or it ends
   * before. Never more than `maximumBytes`, and less if an agent tells less at once. Rejects if the agent cannot be
   * reached.
   */
  readSandboxFile(
    attempt: AttemptReference,
    file: 'stdout' | 'stderr',
    from: number,
    maximumBytes: number,
  ): Promise<FilePart>;
  /**
   * Ends the connection. `teardown` ends the framework and all that runs for it; `disconnect` leaves attempts
   * running, to be found again by a later driver of the same framework.
   */
  stop(how: 'teardown' | 'disconnect'): Promise<void>;
}
