import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { messageOf } from '../errors.ts';

/** As whom a process is started that is not to be this process's own user. */
export interface LocalUser {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
  readonly home: string;
}

/** What is known of a name: nothing is to be changed, who it is, or why nothing can be started so. */
export type UserFinding =
  | { readonly kind: 'self' }
  | { readonly kind: 'other'; readonly user: LocalUser }
  | { readonly kind: 'fault'; readonly message: string };

/** An administrator may have mended what was wrong, or added the user to a group. */
const validMilliseconds = 60_000;

const withheldPrefix = '_galaxy_mesos_';

// With nothing but what the shell itself can do: `export` may have changed PATH already.
const exportScript = `_galaxy_mesos_count=0
while eval "[ "\\\${${withheldPrefix}\${_galaxy_mesos_count}+set}" ]"; do
  eval "_galaxy_mesos=\\$${withheldPrefix}$_galaxy_mesos_count"
  unset "${withheldPrefix}$_galaxy_mesos_count"
  command export "$_galaxy_mesos" 2>/dev/null
  _galaxy_mesos_count=$((_galaxy_mesos_count + 1))
done
exec "$@"`;

/**
 * A command's variables, under names that mean nothing to the programs that run before it as this process's user: by
 * PATH, LD_PRELOAD and the like the command would else be that user. {@link becoming} gives them back their names.
 */
export const withheld = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value], index) => [
      `${withheldPrefix}${index}`,
      `${name}=${value}`,
    ]),
  );

/**
 * The part before the command by which a process becomes another user's, with the variables that are
 * {@link withheld} until then. Node could change the user by itself, but leaves the process without the user's
 * supplementary groups.
 */
export const becoming = ({ uid, gid }: LocalUser): readonly [string, ...string[]] => [
  'setpriv',
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--init-groups',
  '--',
  ...['/bin/sh', '-c', exportScript, 'sh'],
];

/** Finds out about users by asking the system, which knows more of them than a file. */
export class LocalUsers {
  readonly #sandboxRoot: string;
  readonly #known = new Map<string, { readonly finding: UserFinding; readonly until: number }>();

  constructor(sandboxRoot: string) {
    this.#sandboxRoot = sandboxRoot;
  }

  /** What is known of a user by name or number; asked again after a minute. */
  find(name: string): UserFinding {
    const known = this.#known.get(name);
    if (known && known.until > performance.now()) return known.finding;
    const finding = this.#lookUp(name);
    this.#known.set(name, { finding, until: performance.now() + validMilliseconds });
    return finding;
  }

  #lookUp(name: string): UserFinding {
    const self = process.geteuid?.();
    if (name === String(self) || name === ownName()) return { kind: 'self' };
    if (self !== 0) {
      return fault(
        `it is to run as ${name}, and this process runs as ${ownName()}: only root can start processes of others`,
      );
    }
    const { status, stdout, error } = spawnSync('getent', ['passwd', name], { encoding: 'utf8' });
    if (error) return fault(`it is to run as ${name}, who cannot be looked up: ${messageOf(error)}`);
    const user = parsePasswd(stdout);
    if (status !== 0 || !user)
      return fault(`it is to run as ${name}, and there is no such user on this machine`);
    return user.uid === 0 ? { kind: 'self' } : this.#tried(user);
  }

  /** Whether a process of the user can be started, and finds its sandbox. */
  #tried(user: LocalUser): UserFinding {
    const [program, ...options] = becoming(user);
    const tried = spawnSync(program, [...options, 'test', '-x', this.#sandboxRoot], { encoding: 'utf8' });
    if (tried.status === 0) return { kind: 'other', user };
    if (tried.error)
      return fault(
        `it is to run as ${user.name}, which needs setpriv (util-linux): ${messageOf(tried.error)}`,
      );
    const words = tried.stderr.trim();
    return fault(
      words === ''
        ? `it is to run as ${user.name}, who may not enter ${this.#sandboxRoot}: let others pass through it and what it lies in (chmod o+x)`
        : `it is to run as ${user.name}: ${words}`,
    );
  }
}

const fault = (message: string): UserFinding => ({ kind: 'fault', message });

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    // A process in a container can have a user id without a name.
    return String(process.geteuid?.());
  }
}

/** A line as passwd(5) has it. */
export function parsePasswd(line: string): LocalUser | undefined {
  const [name, , uid, gid, , home] = line.trim().split(':');
  if (!name || !home || !/^\d+$/.test(uid ?? '') || !/^\d+$/.test(gid ?? '')) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home };
}
