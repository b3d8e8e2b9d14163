import type { OperatorAnswer, OperatorTarget } from '@galaxy-mesos/mesos-client';

/** What a call is answered with: a payload, or how to make one of the call. */
export type Scripted<Call, Payload> = Payload | ((call: Call) => Payload);

/** Answers of the operator API by type of call. */
export class ScriptedAnswers<Target extends OperatorTarget, Call> {
  readonly #answers = new Map<string, (call: Call) => unknown>();

  /** From now on, calls of this type are answered with this. */
  set<Type extends string>(type: Type, answer: Scripted<Call, OperatorAnswer<Target, Type>>): void {
    this.#answers.set(
      type,
      typeof answer === 'function' ? (answer as (call: Call) => unknown) : () => answer,
    );
  }

  /** The payload for a call; undefined where nothing was said. */
  find(type: string, call: Call): unknown {
    return this.#answers.get(type)?.(call);
  }
}
