import { tokenParameter } from './presented-token.ts';

/**
 * Query parameters that may hold something secret or are long and full of it: tokens, the secrets of staged files,
 * addresses to which Galaxy lets files be sent (they carry a key), and a job's environment and command.
 */
const secretParameters: ReadonlySet<string> = new Set([
  ...[tokenParameter, 'cache_token', 'job_key', 'secret', 'token', 'token_endpoint'],
  ...['command_line', 'env', 'params', 'remote_staging', 'dependencies_description', 'job_config'],
]);

/** A URL as it may stand in a log: the values of parameters that may hold something secret are `...`. */
export function struckUrl(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return url;
  const parameters = url
    .slice(start + 1)
    .split('&')
    .map((parameter) => {
      const end = parameter.indexOf('=');
      return end !== -1 && isSecret(parameter.slice(0, end)) ? `${parameter.slice(0, end)}=...` : parameter;
    });
  return `${url.slice(0, start)}?${parameters.join('&')}`;
}

function isSecret(name: string): boolean {
  try {
    return secretParameters.has(decodeURIComponent(name.replaceAll('+', ' ')).toLowerCase());
  } catch {
    // Not decodable, so that no door knows it either; what it was meant to be nobody can tell.
    return true;
  }
}

/** How a request stands in logs; for Fastify's `logger.serializers.req`. */
export const requestForLog = (request: {
  readonly method: string;
  readonly url: string;
  readonly ip?: string;
}): { readonly method: string; readonly url: string; readonly address: string | undefined } => ({
  method: request.method,
  url: struckUrl(request.url),
  address: request.ip,
});
