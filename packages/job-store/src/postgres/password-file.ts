import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { StoreError } from '../errors.ts';

/** Whom a password is for, as PostgreSQL's own programs write it in their file of passwords. */
export interface PasswordTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/**
 * The first password in a text of lines `HOST:PORT:DATABASE:USER:PASSWORD` that fits; `*` fits anything, and a colon or
 * a backslash in a field has a backslash in front.
 */
export function findPassword(
  text: string,
  { host, port, database, user }: PasswordTarget,
): string | undefined {
  // A socket has no host of its own.
  const wanted = [host.startsWith('/') ? 'localhost' : host, String(port), database, user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = (line.match(/(?:^|:)(?:\\.|[^:\\])*/g) ?? []).map((field) =>
      field.replace(/^:/, '').replaceAll(/\\(.)/g, '$1'),
    );
    const [password] = fields.slice(4);
    if (password === undefined) continue;
    if (wanted.every((value, index) => fields[index] === '*' || fields[index] === value)) return password;
  }
  return undefined;
}

/**
 * The password that stands in the file that `PGPASSFILE` names, or in `~/.pgpass`; `undefined` if there is none.
 * @throws StoreError `UNREADABLE` if others may read the file, or this process may not
 */
export function passwordFromFile(
  target: PasswordTarget,
  location: string,
  environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const file = environment.PGPASSFILE ?? path.join(homedir(), '.pgpass');
  try {
    const found = findPassword(readFileSync(file, 'utf8'), target);
    if (found === undefined || (statSync(file).mode & 0o077) === 0) return found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new StoreError('UNREADABLE', location, `the passwords in ${file} cannot be read`, error);
  }
  throw new StoreError('UNREADABLE', location, `others can read the passwords in ${file}: chmod 600 it`);
}
