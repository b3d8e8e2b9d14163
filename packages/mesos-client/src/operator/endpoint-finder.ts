import { setTimeout as sleep } from 'node:timers/promises';
import { maximumRedirects } from '../http/redirect.ts';
import { MesosError } from '../mesos-error.ts';
import { reasonOf } from '../reason.ts';
import { backoff } from '../stream/backoff.ts';
import { mayTryAgain, stopped } from './operator-errors.ts';

/** What an endpoint finder is made from. */
export interface EndpointFinderOptions {
  /** The endpoints to try, the likeliest first. */
  readonly candidates: (signal: AbortSignal) => Promise<readonly URL[]>;
  /** Milliseconds to go on while none will do. */
  readonly patience: number;
}

/** What is tried at an endpoint: resolves with a URL where that one sends us elsewhere. Throws MesosError. */
export type Attempt<T> = (endpoint: URL) => Promise<T | URL>;

/** A call that seeks its endpoint. */
export interface Search {
  readonly callType: string;
  readonly signal: AbortSignal;
  /** In place of the finder's own. */
  readonly patience?: number | undefined;
}

/** Finds who answers: where it was last, then at each candidate, following redirects; again while there is patience. */
export class EndpointFinder {
  readonly #options: EndpointFinderOptions;
  #found: URL | undefined;

  constructor(options: EndpointFinderOptions) {
    this.#options = options;
  }

  /** Where the last call was answered; undefined before the first and where a connection was lost since. */
  get found(): URL | undefined {
    return this.#found;
  }

  /** It was found elsewhere: a stream follows redirects by itself. */
  remember(endpoint: URL): void {
    this.#found = endpoint;
  }

  /** Another one leads: the next call looks anew. */
  forget(): void {
    this.#found = undefined;
  }

  /** Throws what the attempt throws, unless a later one does better; REDIRECT_LOOP, ABORTED. */
  async reach<T>(attempt: Attempt<T>, search: Search): Promise<T> {
    const deadline = performance.now() + (search.patience ?? this.#options.patience);
    for (let failures = 0; ; failures++) {
      const round = await this.#tryAll(attempt, search);
      if ('value' in round) return round.value;
      const pause = backoff(failures, Math.random());
      if (performance.now() + pause > deadline) throw summary(round.errors, search.callType);
      await sleep(pause, undefined, { signal: search.signal }).catch(() => {
        throw stopped(search.signal, search.callType);
      });
    }
  }

  async #tryAll<T>(
    attempt: Attempt<T>,
    { callType, signal }: Search,
  ): Promise<{ readonly value: T } | { readonly errors: readonly MesosError[] }> {
    const errors: MesosError[] = [];
    const unreachable = new Set<string>();
    for await (const start of this.#starts(signal)) {
      if (unreachable.has(start.origin)) continue;
      try {
        return { value: await this.#follow(start, attempt) };
      } catch (error) {
        const passing = this.#passing(error, callType);
        if (passing.code === 'NOT_CONNECTED') unreachable.add(start.origin);
        errors.push(passing);
      }
    }
    return { errors };
  }

  /** Throws errors after which nobody else is to be tried. */
  #passing(error: unknown, callType: string): MesosError {
    if (!(error instanceof MesosError)) throw error;
    // Whoever refuses a call is there, and leads.
    if (error.code !== 'CALL_REFUSED') this.forget();
    if (!mayTryAgain(error, callType)) throw error;
    return error;
  }

  async *#starts(signal: AbortSignal): AsyncGenerator<URL, void, undefined> {
    if (this.#found) yield this.#found;
    yield* await this.#options.candidates(signal);
  }

  async #follow<T>(start: URL, attempt: Attempt<T>): Promise<T> {
    let url = start;
    const path = [url.origin];
    for (let hop = 0; hop <= maximumRedirects; hop++) {
      const result = await attempt(url);
      if (!(result instanceof URL)) {
        this.#found = url;
        return result;
      }
      url = result;
      path.push(url.origin);
    }
    throw new MesosError('REDIRECT_LOOP', `masters redirect without end: ${path.join(' -> ')}`, {
      status: 307,
    });
  }
}

/** Of several failures that of a master that is there tells more than those of masters that are not. */
function summary(errors: readonly MesosError[], callType: string): MesosError {
  const [first, ...others] = errors;
  if (!first)
    return new MesosError('NOT_CONNECTED', `${callType} was not sent: no address is known`, { callType });
  if (others.length === 0) return first;
  const { code, status, answer } = errors.find((error) => error.code !== 'NOT_CONNECTED') ?? first;
  return new MesosError(code, [...new Set(errors.map(reasonOf))].join('; '), {
    callType,
    cause: first.cause ?? first,
    ...(status !== undefined && { status }),
    ...(answer !== undefined && { answer }),
  });
}
