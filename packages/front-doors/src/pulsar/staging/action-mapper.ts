import { posix } from 'node:path';
import { FrontDoorError } from '../../access/front-door-error.ts';
import { shown } from '../../files/safe-name.ts';
import { fitsGlob, startsLike } from './python-patterns.ts';
import type { ActionMapperSettings } from './remote-staging.ts';

/** What is to be done with a file: by Galaxy, by nobody, or from here. */
export type OutputAction =
  | { readonly kind: 'client' }
  | { readonly kind: 'none' }
  | { readonly kind: 'remote_copy'; readonly path: string }
  | { readonly kind: 'remote_transfer'; readonly url: string };

/** Path types for which a mapper counts that names none; not files of a tool's own data, and not images. */
const defaultTypes: readonly string[] = [
  ...['input', 'config', 'tool', 'workdir', 'jobdir', 'metadata'],
  ...['output', 'output_workdir', 'output_metadata', 'output_jobdir'],
];
const allTypes: readonly string[] = [...defaultTypes, 'unstructured', 'container'];

type PathMapper = ActionMapperSettings['paths'][number];

/**
 * What is to be done with an output.
 *
 * @param path where Galaxy wants it
 * @throws FrontDoorError `UNSUPPORTED`, `BAD_REQUEST`
 */
export function actionFor(settings: ActionMapperSettings, path: string, type: string): OutputAction {
  const mapper = settings.paths.find((one) => fits(one, posix.resolve('/', path), type));
  const action = mapper?.action ?? (defaultTypes.includes(type) ? settings.default_action : 'none');
  switch (action) {
    case 'none':
    case 'rewrite':
      return { kind: 'none' };
    case 'transfer':
    case 'copy':
      return { kind: 'client' };
    case 'remote_copy':
      return { kind: 'remote_copy', path };
    case 'remote_transfer':
      return { kind: 'remote_transfer', url: transferUrl(settings.files_endpoint ?? '', path, type) };
    default:
      throw unsupported(action);
  }
}

/** Actions that ask nothing of this side. */
const clientActions: readonly string[] = ['none', 'rewrite', 'transfer', 'copy'];

/** Whether there may be an output that is to be moved from here. */
export const mayMoveFromHere = ({ default_action: usual, paths }: ActionMapperSettings): boolean =>
  [usual, ...paths.map(({ action }) => action)].some((action) => !clientActions.includes(action));

/** The error for what cannot be moved from here. */
export const unsupported = (action: string): FrontDoorError =>
  new FrontDoorError(
    'UNSUPPORTED',
    `the file action ${shown(action)} is not done here: use transfer, copy, remote_transfer or remote_copy`,
  );

function fits(mapper: PathMapper, path: string, type: string): boolean {
  const types = (mapper.path_types ?? '*defaults*')
    .replaceAll('*defaults*', defaultTypes.join(','))
    .replaceAll('*any*', allTypes.join(','))
    .split(',');
  return types.includes(type) && fitsPath(mapper, path);
}

function fitsPath({ path: wanted, match_type: matchType }: PathMapper, path: string): boolean {
  if (wanted === undefined || matchType === 'path_type_only') return true;
  if (matchType === 'glob') return fitsGlob(wanted, path);
  if (matchType === 'regex') return startsLike(wanted, path);
  return path.startsWith(posix.resolve('/', wanted));
}

function transferUrl(endpoint: string, path: string, type: string): string {
  if (endpoint === '') {
    const message = 'remote_transfer needs a files_endpoint: is galaxy_infrastructure_url set in Galaxy?';
    throw new FrontDoorError('BAD_REQUEST', message);
  }
  const query = new URLSearchParams({ path, file_type: type });
  return `${endpoint}${endpoint.includes('?') ? '&' : '?'}${query}`;
}
