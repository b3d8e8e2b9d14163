import type { FastifyRequest } from 'fastify';

/** The query parameter in which Galaxy's Pulsar client sends its token. */
export const tokenParameter = 'private_token';

/**
 * The token that comes with a request: `Authorization: Bearer TOKEN`, or the query parameter `private_token`;
 * `undefined` if there is none, or several in one place, of which none can be meant.
 */
export function presentedToken(request: Pick<FastifyRequest, 'headers' | 'query'>): string | undefined {
  const [, bearer] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? [];
  if (bearer !== undefined) return bearer;
  const { query } = request;
  const value: unknown =
    typeof query === 'object' && query !== null && tokenParameter in query
      ? query[tokenParameter]
      : undefined;
  return typeof value === 'string' ? value : undefined;
}
