import { Inbox } from '../inbox.ts';
import type { Exchange } from './exchange.ts';
import { type Orders, Rules } from './rules.ts';

type TypeOf<Ex> =
  Ex extends Exchange<infer Call>
    ? Call extends { readonly type?: infer Type }
      ? NonNullable<Type>
      : never
    : never;

/** An exchange whose call is of this type, with its payload there. */
export type Taken<Ex, Type extends string> = Ex & {
  readonly call: { readonly type: Type } & (Ex extends Exchange<infer Call>
    ? Lowercase<Type> extends keyof Call
      ? { readonly [Field in Lowercase<Type>]: NonNullable<Call[Field & keyof Call]> }
      : unknown
    : unknown);
};

/** What came in at an endpoint, and what is to be done with what comes. */
export class CallLog<Ex extends Exchange<{ readonly type?: string | undefined }>> {
  /** Whether calls are kept to be looked at and waited for; a master under load has no room for that. */
  remembers = true;
  /** Every request in order of arrival, refused and unanswered ones among them. */
  readonly exchanges: Ex[] = [];
  readonly #taken: Ex[] = [];
  readonly #inbox = new Inbox<Ex>();
  readonly #arrivals = new Inbox<Ex>();
  readonly #rules = new Rules<Ex>();

  /** The calls that were taken, in order; refused ones are none of them. */
  get calls(): readonly Ex['call'][] {
    return this.#taken.map((exchange) => exchange.call);
  }

  /** The next taken call of a type; each is handed out once. */
  async nextCall<Type extends TypeOf<Ex>>(type: Type): Promise<Taken<Ex, Type>['call']> {
    return (await this.nextTaken(type)).call;
  }

  /** As {@link nextCall}, with the request around it. */
  async nextTaken<Type extends TypeOf<Ex>>(type: Type): Promise<Taken<Ex, Type>> {
    const exchange = await this.#inbox.next(({ call }) => call.type === type);
    return exchange as Taken<Ex, Type>;
  }

  /** The next request that satisfies the condition, whatever becomes of it; each is handed out once. */
  nextExchange(isWanted?: (exchange: Ex) => boolean): Promise<Ex> {
    return this.#arrivals.next(isWanted);
  }

  /** What to do with the next call of a type (`*`: of any), or the next few, in place of the ordinary. */
  onNext(type: TypeOf<Ex> | '*', times = 1): Orders<Ex> {
    return this.#rules.onNext(type, times);
  }

  /** What to do with every call of a type (`*`: of any) from now on. */
  onEvery(type: TypeOf<Ex> | '*'): Orders<Ex> {
    return this.#rules.onNext(type, Number.POSITIVE_INFINITY);
  }

  /** Forgets what {@link onNext} and {@link onEvery} said. */
  behave(): void {
    this.#rules.lift();
  }

  /** @private Notes a request and does what the rules say; `take` is the ordinary. */
  receive(exchange: Ex, take: () => void): void {
    if (this.remembers) this.exchanges.push(exchange);
    const action = this.#rules.claim(exchange.call.type ?? '');
    if (this.remembers) this.#arrivals.put(exchange);
    if (action) action(exchange, take);
    else take();
  }

  /** @private Notes that a call was taken. */
  take(exchange: Ex): void {
    if (!this.remembers) return;
    this.#taken.push(exchange);
    this.#inbox.put(exchange);
  }
}
