import type { Discriminated, PayloadOf, TypeOf } from '../codec/discriminated.ts';
import type * as agent from '../gen/agent.ts';
import type * as master from '../gen/master.ts';
import type { MesosError } from '../mesos-error.ts';

/** Whose operator API is meant. */
export type OperatorTarget = 'master' | 'agent';

interface Calls {
  readonly master: master.Call;
  readonly agent: agent.Call;
}

interface Responses {
  readonly master: master.Response;
  readonly agent: agent.Response;
}

/** Calls that are answered by a stream, or send one: methods of their own make them. */
type Streaming =
  | 'SUBSCRIBE'
  | 'LAUNCH_NESTED_CONTAINER_SESSION'
  | 'ATTACH_CONTAINER_INPUT'
  | 'ATTACH_CONTAINER_OUTPUT';

/** Calls that Mesos takes without their payload. */
type PayloadMayLack = 'GET_CONTAINERS' | 'PRUNE_IMAGES';

/** The types of call that a master or an agent answers at once. */
export type OperatorCallType<Target extends OperatorTarget> = Exclude<TypeOf<Calls[Target]>, Streaming>;

/** A call to a master or an agent. */
export type OperatorCall<
  Target extends OperatorTarget,
  Type extends OperatorCallType<Target> = OperatorCallType<Target>,
> = Discriminated<Calls[Target], Type & TypeOf<Calls[Target]>, PayloadMayLack>;

/** The payload of the answer to a call of this type; undefined for calls that are only taken note of. */
export type OperatorAnswer<Target extends OperatorTarget, Type extends string> = PayloadOf<
  Responses[Target],
  Type
>;

/** A call that a master answers at once. */
export type MasterCall = OperatorCall<'master'>;

/** A call that an agent answers at once. */
export type AgentCall = OperatorCall<'agent'>;

/**
 * What a master tells of its cluster: SUBSCRIBED with the whole state first, then what changes. AGENT_REMOVED comes
 * only for agents that unregister or are replaced at their address, not for those that become unreachable or are
 * marked gone; AGENT_ADDED comes again when an agent returns.
 */
export type MasterEvent = Discriminated<master.Event>;

/** What `watch` tells: the events of one subscription after another, and what happens in between. */
export type MasterWatchEvent =
  | MasterEvent
  /** The subscription is lost, for this reason; the state that comes with the next SUBSCRIBED replaces all before. */
  | { readonly type: 'DISCONNECTED'; readonly reason: MesosError }
  /**
   * No master could be subscribed at, for this reason; it is tried again after as many milliseconds, and so on.
   * The same reason is told once.
   */
  | { readonly type: 'RETRYING'; readonly reason: MesosError; readonly milliseconds: number };
