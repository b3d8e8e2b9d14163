import { join } from 'node:path';
import { FrontDoorError } from '../access/front-door-error.ts';
import { shown } from '../files/safe-name.ts';

/** Which job a request is about: whose it is, through which manager it came, and what Galaxy calls it. */
export interface JobKey {
  /** The name of the token. */
  readonly owner: string;
  readonly manager: string;
  /** Galaxy's id. */
  readonly id: string;
}

/** The manager of the routes without `/managers/{name}`. */
export const defaultManager = '_default_';

/** Galaxy's ids are numbers, or hexadecimal UUIDs; whatever this lets through is safe as a file name. */
const idPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/**
 * The id of a job for whoever runs jobs; also safe as a file name, and as the id of a Mesos task.
 *
 * @throws FrontDoorError `BAD_REQUEST`
 */
export function serviceId({ owner, manager, id }: JobKey): string {
  return `${nameSafe(owner)}.${nameSafe(manager)}.${checkedId(id)}`;
}

/** Where the files of a job are, below the directory of all jobs. */
export const jobDirectoryOf = (staging: string, { owner, manager, id }: JobKey): string =>
  join(staging, nameSafe(owner), nameSafe(manager), checkedId(id));

/** Without dots, so that a dot separates; `=` is not in any other name, so that no two names become one. */
function nameSafe(name: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(name)) return name;
  const encoded = Array.from(Buffer.from(name), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_-]/.test(character) ? character : `=${byte.toString(16).padStart(2, '0')}`;
  });
  return encoded.join('') || '=';
}

function checkedId(id: string): string {
  if (idPattern.test(id)) return id;
  const message = `${shown(id)} is no job id: up to 100 letters, digits, "_", "-" and "." are expected`;
  throw new FrontDoorError('BAD_REQUEST', message, { fields: [{ field: 'job_id', message }] });
}
