import type { Discriminated, PayloadOf, TypeOf } from '../codec/discriminated.ts';
import type * as agent from '../gen/agent.ts';
import type * as master from '../gen/master.ts';

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

/** Calls that are answered by a stream, or send one: not for {@link OperatorClient}. */
type Streaming =
  | 'SUBSCRIBE'
  | 'LAUNCH_NESTED_CONTAINER_SESSION'
  | 'ATTACH_CONTAINER_INPUT'
  | 'ATTACH_CONTAINER_OUTPUT';

/** The types of call that a master or an agent answers at once. */
export type OperatorCallType<Target extends OperatorTarget> = Exclude<TypeOf<Calls[Target]>, Streaming>;

/** A call to a master or an agent. */
export type OperatorCall<
  Target extends OperatorTarget,
  Type extends OperatorCallType<Target> = OperatorCallType<Target>,
> = Discriminated<Calls[Target], Type & TypeOf<Calls[Target]>>;

/** The payload of the answer to a call of this type; undefined for calls that are only taken note of. */
export type OperatorAnswer<Target extends OperatorTarget, Type extends string> = PayloadOf<
  Responses[Target],
  Type
>;
