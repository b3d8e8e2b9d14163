import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort } from '../real-mesos/mesos-process.ts';
import { ServerProcess } from '../real-pulsar/server-process.ts';
import { htcondorHome } from './availability.ts';
import { configurationOf } from './configuration.ts';

export { hasRealHtcondor } from './availability.ts';

/** Who submits jobs: HTCondor takes none of root. */
const user = { name: 'rig', id: 2001 };

/** What came of a command. */
export interface CommandAnswer {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running HTCondor, in a system of its own: paths are called otherwise inside of it. */
export interface RealHtcondor extends AsyncDisposable {
  /** The name of the user who submits. */
  readonly user: string;
  /** Makes a folder that jobs can write to; answers what it is called inside. */
  makeFolder(name: string): string;
  /** What stands in a file that is called so inside; nothing where there is none. */
  read(path: string): string;
  write(path: string, content: string): void;
  /** Runs a command inside, as the user. */
  run(program: string, words: readonly string[], input?: string): Promise<CommandAnswer>;
  /** Ends the daemon that has the jobs; they run on for a while. */
  stopSchedd(): Promise<void>;
  /** Ends everything that runs, jobs too, and removes all files. */
  stop(): Promise<void>;
}

class Rig implements RealHtcondor {
  readonly user = user.name;
  readonly #root = join(htcondorHome(), 'root');
  /** As it is called outside. */
  readonly #folder = mkdtempSync(join(this.#root, 'tmp', 'real-htcondor-'));
  readonly #inside = `/tmp/${basename(this.#folder)}`;
  readonly #configuration = join(this.#inside, 'condor_config');
  readonly #process: ServerProcess;

  constructor(port: number) {
    // The user reads what is in it.
    chmodSync(this.#folder, 0o755);
    for (const name of ['log', 'spool', 'execute', 'lock', 'run'])
      mkdirSync(join(this.#folder, name), { mode: name === 'lock' ? 0o1777 : 0o755 });
    writeFileSync(this.#outside(this.#configuration), configurationOf({ folder: this.#inside, port }));
    // Jobs' starters make namespaces of their own, for which the root has to be a mount point. With the first process
    // of this one all others end, and all mounts are gone.
    const script = [
      `echo $$ >"$1/unshare.pid"`,
      `exec unshare --mount --pid --fork --kill-child=KILL sh -c '
        mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" &&
        exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin CONDOR_CONFIG="$1" condor_master -f' "$2" "$3"`,
    ].join('\n');
    this.#process = new ServerProcess({
      name: 'HTCondor',
      command: ['sh', '-c', script, 'sh', this.#folder, this.#root, this.#configuration],
      folder: this.#folder,
      environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      logFile: join(this.#folder, 'log', 'output'),
      isServing: () => this.#isServing(),
      patienceMilliseconds: 90_000,
    });
  }

  start(): Promise<void> {
    return this.#process.start();
  }

  makeFolder(name: string): string {
    const path = join(this.#inside, name);
    mkdirSync(this.#outside(path));
    chownSync(this.#outside(path), user.id, user.id);
    return path;
  }

  read(path: string): string {
    const file = this.#outside(path);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  write(path: string, content: string): void {
    writeFileSync(this.#outside(path), content, { mode: 0o755 });
  }

  run(program: string, words: readonly string[], input = ''): Promise<CommandAnswer> {
    return this.#enter(['--userspec', `${user.id}:${user.id}`], [program, ...words], input);
  }

  async stopSchedd(): Promise<void> {
    await this.#enter([], ['condor_off', '-fast', '-daemon', 'schedd'], '');
  }

  async stop(): Promise<void> {
    await this.#process.end();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #outside(path: string): string {
    return join(this.#root, path);
  }

  async #isServing(): Promise<boolean> {
    const [queue, machines] = await Promise.all([
      this.run('condor_q', ['-json']),
      this.run('condor_status', ['-json', '-attributes', 'Name']),
    ]);
    return queue.exitCode === 0 && machines.stdout.includes('slot1');
  }

  /** In the namespaces of the daemons. */
  async #enter(how: readonly string[], command: readonly string[], input: string): Promise<CommandAnswer> {
    const environment = [
      'PATH=/usr/bin:/bin:/usr/sbin:/sbin',
      `HOME=/home/${user.name}`,
      `USER=${user.name}`,
      `CONDOR_CONFIG=${this.#configuration}`,
    ];
    const child = spawn(
      'nsenter',
      [
        ...['--target', this.#firstProcess(), '--mount', '--pid'],
        ...['chroot', ...how, this.#root, 'env', '-i', ...environment, ...command],
      ],
      { stdio: 'pipe' },
    );
    // A command that has ended before it has read all is no matter.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const exit = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    return { exitCode, stdout, stderr };
  }

  /** The child of `unshare`, as it is called outside. */
  #firstProcess(): string {
    const parent = readFileSync(join(this.#folder, 'unshare.pid'), 'utf8').trim();
    const child = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim();
    if (child === '') throw new Error('HTCondor does not run');
    return child;
  }
}

/** Starts an HTCondor on a free port of 127.0.0.1, and resolves once it takes jobs: in about four seconds. */
export async function startHtcondor(): Promise<RealHtcondor> {
  const rig = new Rig(await freePort());
  try {
    await rig.start();
    return rig;
  } catch (error) {
    await rig.stop();
    throw error;
  }
}
