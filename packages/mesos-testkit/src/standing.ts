import { notFound, type PlainReply, text, unavailable } from './http/reply.ts';

/**
 * How the Location of a redirect is written: as Mesos 1.11.0 does (`//host:port/master/api/v1/scheduler`),
 * without a path (`//host:port`), as the documentation has it (`host:port`), with a scheme
 * (`http://host:port/api/v1/scheduler`), or as a function makes it of the leader and the path asked for.
 */
export type LocationForm =
  | 'mesos'
  | 'without-path'
  | 'documented'
  | 'absolute'
  | ((leader: string, path: string) => string);

/** What a master is at the moment; decides what becomes of a request before anything else is looked at. */
export type Standing =
  | { readonly kind: 'leading' }
  | { readonly kind: 'booting' }
  | { readonly kind: 'recovering' }
  | { readonly kind: 'leaderless' }
  | { readonly kind: 'following'; readonly leader: string; readonly form: LocationForm };

/** Paths lead to the process `master`, whether or not they name it. */
const withProcess = (path: string): string => (path.startsWith('/master/') ? path : `/master${path}`);

function locationOf(leader: string, form: LocationForm, path: string): string {
  if (typeof form === 'function') return form(leader, path);
  if (form === 'mesos') return `//${leader}${withProcess(path)}`;
  if (form === 'without-path') return `//${leader}`;
  return form === 'documented' ? leader : `http://${leader}${path}`;
}

/** The answer of a master that does not serve; undefined where it does. */
export function standingReply(standing: Standing, path: string): PlainReply | undefined {
  switch (standing.kind) {
    case 'leading':
      return undefined;
    case 'booting':
      return notFound();
    case 'recovering':
      return unavailable('Master has not finished recovery');
    case 'leaderless':
      return unavailable('No leader elected');
    case 'following':
      return text(307, '', { Location: locationOf(standing.leader, standing.form, path) });
  }
}

/** The answer to `GET /redirect`, which a leader gives too. */
export function redirectReply(standing: Standing, self: string): PlainReply {
  if (standing.kind === 'booting') return notFound();
  if (standing.kind === 'leaderless') return unavailable('No leader elected');
  return text(307, '', { Location: `//${standing.kind === 'following' ? standing.leader : self}` });
}
