import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { FrontDoorError } from './front-door-error.ts';
import { presentedToken } from './presented-token.ts';
import { anonymous, type Principal } from './principal.ts';
import { isOwnName, isSameSite } from './same-site.ts';
import type { TokenBook } from './token-book.ts';

/** Who may come in, and how often. */
export interface AccessOptions {
  /** With none in it everybody is {@link anonymous}. */
  readonly tokens: TokenBook;
  /**
   * Requests of one token from one address in a minute. The default is what a Galaxy with ten thousand jobs asks,
   * which looks at each of them once a second.
   */
  readonly requestsPerMinute?: number;
  /** Wrong tokens from one address in a minute; then it is refused unheard. Default: 30. */
  readonly failedTriesPerMinute?: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; on an open route, everybody is {@link anonymous} without being an administrator. */
    principal: Principal;
    /**
     * Aborted when whoever asked may not come in any more, or only as somebody else, because the tokens were replaced.
     * For answers that go on; it is looked for until `over` is aborted.
     */
    dismissal(over: AbortSignal): AbortSignal;
  }
  interface FastifyContextConfig {
    /** The route answers everybody, or looks by itself whom: health, and files with secrets of their own. */
    readonly open?: boolean;
  }
}

const minute = 60_000;
const defaultRequests = 600_000;
const defaultFailedTries = 30;
/** Addresses with tokens that were right once; more than any daemon has clients. */
const rememberedGuests = 10_000;

const nobody: Principal = { name: anonymous.name, isAdmin: false };

const noToken =
  'a token is asked for: send the header "Authorization: Bearer TOKEN", or the query parameter private_token';
const unknownToken =
  'this token is not known here: compare it with "tokens" in the configuration of the daemon';
const foreign =
  'a page of another site may not ask here; a program that is no browser sends no Origin header';
const foreignName =
  'a daemon that asks for no token answers only to its address or to localhost: use that, or set a token';

/**
 * Lets in whoever has a token, sets `request.principal`, and limits how often anybody comes. What it throws is a
 * {@link FrontDoorError}, which the doors' error handlers put into their own words.
 *
 * Who tries tokens is soon refused from that address, whatever he tries. Who came with a right token from there
 * before is still let in, so that nobody can lock out a Galaxy on the same machine.
 */
export const access = fastifyPlugin(
  async (fastify: FastifyInstance, options: AccessOptions): Promise<void> => {
    const { tokens } = options;
    const guests = new Set<string>();
    // A route may take the token out of the query: it is no parameter of its own.
    const shown = new WeakMap<FastifyRequest, string>();
    await fastify.register(rateLimit, { global: false });
    const failed = fastify.createRateLimit({
      max: options.failedTriesPerMinute ?? defaultFailedTries,
      timeWindow: minute,
      keyGenerator: ({ ip }) => `failed ${ip}`,
    });
    const requests = fastify.createRateLimit({
      max: options.requestsPerMinute ?? defaultRequests,
      timeWindow: minute,
      keyGenerator: ({ ip, principal }) => `request ${principal.name} ${ip}`,
    });

    async function check(limit: typeof failed, request: FastifyRequest, increment: boolean): Promise<void> {
      const result = await limit(request, { increment });
      if (result.isAllowed || !result.isExceeded) return;
      const what = limit === failed ? 'wrong tokens' : 'requests';
      throw new FrontDoorError(
        'TOO_MANY_REQUESTS',
        `more than ${result.max} ${what} in a minute; try again in ${result.ttlInSeconds} s`,
        { retryAfterSeconds: result.ttlInSeconds },
      );
    }

    async function principalOf(request: FastifyRequest): Promise<Principal> {
      const token = presentedToken(request);
      if (token !== undefined) shown.set(request, token);
      const principal = token === undefined ? undefined : tokens.holderOf(token);
      const guest = `${principal?.name} ${request.ip}`;
      if (principal && guests.has(guest)) return principal;
      await check(failed, request, false);
      if (!principal) {
        await check(failed, request, true);
        throw new FrontDoorError('UNAUTHORIZED', token === undefined ? noToken : unknownToken);
      }
      if (guests.size < rememberedGuests) guests.add(guest);
      return principal;
    }

    async function whoAsks(request: FastifyRequest): Promise<Principal> {
      if (!isSameSite(request.headers)) throw new FrontDoorError('FOREIGN_ORIGIN', foreign);
      if (request.routeOptions.config.open === true) return nobody;
      if (!tokens.isEmpty) return principalOf(request);
      if (!isOwnName(request.headers)) throw new FrontDoorError('FOREIGN_ORIGIN', foreignName);
      return anonymous;
    }

    /** Whether the same request would now come from the same. */
    function isStill({ name, isAdmin }: Principal, token: string | undefined): boolean {
      const holder = token === undefined ? undefined : tokens.holderOf(token);
      const now = tokens.isEmpty ? anonymous : holder;
      return now?.name === name && now.isAdmin === isAdmin;
    }

    fastify.decorateRequest('dismissal', function dismissal(this: FastifyRequest, over: AbortSignal) {
      const dismissed = new AbortController();
      const stop = tokens.onReplace(() => {
        if (!isStill(this.principal, shown.get(this))) dismissed.abort();
      });
      over.addEventListener('abort', stop, { once: true });
      if (over.aborted) stop();
      return dismissed.signal;
    });
    // Set before anybody else can look; Fastify wants the property to be there from the start.
    fastify.decorateRequest('principal');
    fastify.addHook('onRequest', async (request) => {
      request.principal = await whoAsks(request);
      await check(requests, request, true);
    });
  },
  { name: 'galaxy-mesos-access', fastify: '5.x' },
);
