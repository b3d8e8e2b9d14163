import { userInfo } from 'node:os';
import type { BatchJobShape, ClusterDefinition } from '../definition/definition.ts';
import type { Dialect, QueueAnswer, QueueCommand } from '../dialects/dialect.ts';
import { QueueClusterError } from '../queue-cluster-error.ts';
import type { LauncherPorts } from './ports.ts';

/** The key of the queueing system that a batch job is asked of: for people, too. */
export function systemKey({ dialect, ssh }: Door): string {
  return ssh.length === 0 ? dialect : `${dialect} through ${ssh.join(' ')}`;
}

/** A queueing system as it is reached. */
export interface QueueSystem {
  readonly key: string;
  readonly dialect: Dialect;
  /** Runs one of its commands: an answer comes in any case, after the time-out at the latest. */
  run(command: QueueCommand, timeoutSeconds: number): Promise<QueueAnswer>;
  /** Whose batch jobs they are; undefined while that cannot be found out. */
  user(): Promise<string | undefined>;
}

const userTimeoutSeconds = 20;

function systemFor(shape: Door, ports: LauncherPorts, signal: AbortSignal): QueueSystem {
  const { dialect: name, ssh } = shape;
  const dialect = ports.dialectNamed(name);
  if (!dialect)
    throw new QueueClusterError('INVALID_DEFINITION', `there is no dialect for the queueing system ${name}`);
  const run = (command: QueueCommand, timeoutSeconds: number) =>
    ports.run(command, { ssh, timeoutMilliseconds: timeoutSeconds * 1000, signal });
  let known: string | undefined = ssh.length === 0 ? userInfo().username : undefined;
  const user = async () => {
    if (known !== undefined) return known;
    // The other machine may know us by another name.
    const { exitCode, stdout } = await run({ program: 'id', arguments: ['-un'] }, userTimeoutSeconds);
    const [, name] = /^([^\s]+)\s*$/.exec(stdout) ?? [];
    if (exitCode === 0) known = name;
    return known;
  };
  return { key: systemKey(shape), dialect, run, user };
}

/** How a queueing system is reached. */
export type Door = Pick<BatchJobShape, 'dialect' | 'ssh'>;

/** Where a cluster has batch jobs by its definition. */
export const doorsOf = ({ pools, master }: ClusterDefinition): readonly Door[] => [
  ...Object.values(pools),
  ...(master.kind === 'in-job' ? [master.job] : []),
];

/** The queueing systems of a cluster, by their keys; one that was ever needed stays. */
export class QueueSystems {
  readonly #ports: LauncherPorts;
  readonly #signal: AbortSignal;
  readonly #systems = new Map<string, QueueSystem>();

  /** Commands end when the signal fires. */
  constructor(ports: LauncherPorts, signal: AbortSignal) {
    this.#ports = ports;
    this.#signal = signal;
  }

  /** @throws QueueClusterError INVALID_DEFINITION */
  add(doors: Iterable<Door>): void {
    for (const door of doors) {
      const key = systemKey(door);
      if (!this.#systems.has(key)) this.#systems.set(key, systemFor(door, this.#ports, this.#signal));
    }
  }

  get(key: string): QueueSystem | undefined {
    return this.#systems.get(key);
  }

  values(): Iterable<QueueSystem> {
    return this.#systems.values();
  }
}
