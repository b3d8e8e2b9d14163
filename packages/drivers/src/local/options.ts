import { mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { availableParallelism, endianness, hostname, totalmem } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { type Resources, resourceNames } from '@galaxy-mesos/scheduler';
import { DriverError, messageOf } from '../errors.ts';

/** How to make a {@link LocalDriver}. Only `sandboxRoot` must be given. */
export interface LocalDriverOptions {
  /**
   * Absolute; is made if it is not there. The sandbox of an attempt is `sandboxRoot/<attemptId>`. Belongs to
   * one driver at a time; a later driver with the same directory finds the attempts of an earlier one.
   */
  readonly sandboxRoot: string;
  /**
   * What is offered in all. Default: all cores that this process may use, the memory of the machine or of the
   * control group this process is in, and the space that is free where the sandboxes are.
   */
  readonly resources?: Partial<Resources>;
  /** What attempts inherit, without MESOS_URL. Default: the environment of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How offers name this machine. Default: its host name. */
  readonly hostname?: string;
  /** Seconds between SIGTERM and SIGKILL where the driver ends an attempt by itself. Default 3, as in Mesos. */
  readonly graceSeconds?: number;
  /**
   * How much attempts give way to all else on this machine, as nice(1) has it: 0 (the default) to 19. Where attempts
   * keep all cores busy, a process that has to answer others does so at once only if they give way.
   */
  readonly niceness?: number;
  /**
   * When this machine is lost to this process, in milliseconds since 1970, as at the end of a batch job's walltime:
   * nothing is started that is known to run for longer. Default: never.
   */
  readonly plannedEnd?: number;
}

/** Options with every default filled in, but for resources, which are measured when the driver is started. */
export interface LocalSettings {
  readonly sandboxRoot: string;
  readonly resources: Partial<Resources>;
  readonly environment: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly graceSeconds: number;
  readonly niceness: number;
  readonly plannedEnd?: number;
}

const invalid = (message: string): DriverError => new DriverError('INVALID_OPTION', message);

const isAmount = (value: number): boolean => Number.isFinite(value) && value >= 0;

// A tool tells by the absence of MESOS_URL that there is no Mesos, so one that this process was given must not get through.
const inheritedEnvironment = (
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> => {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (name !== 'MESOS_URL' && value !== undefined) inherited[name] = value;
  }
  return inherited;
};

/** @throws DriverError INVALID_OPTION */
export const settle = (options: LocalDriverOptions): LocalSettings => {
  const { sandboxRoot, resources = {}, graceSeconds = 3, niceness = 0, plannedEnd } = options;
  if (!isAbsolute(sandboxRoot))
    throw invalid(`sandboxRoot must be an absolute path, and is '${sandboxRoot}'`);
  for (const name of resourceNames) {
    const amount = resources[name];
    if (amount !== undefined && !isAmount(amount)) {
      throw invalid(`resources.${name} must be a number that is not negative, and is ${amount}`);
    }
  }
  if (!isAmount(graceSeconds))
    throw invalid(`graceSeconds must be a number that is not negative, and is ${graceSeconds}`);
  if (!Number.isInteger(niceness) || niceness < 0 || niceness > 19)
    throw invalid(`niceness must be a whole number from 0 to 19, and is ${niceness}`);
  if (plannedEnd !== undefined && !isAmount(plannedEnd))
    throw invalid(`plannedEnd must be milliseconds since 1970, and is ${plannedEnd}`);
  return {
    sandboxRoot: resolve(sandboxRoot),
    resources,
    environment: inheritedEnvironment(options.environment ?? process.env),
    hostname: options.hostname ?? hostname(),
    graceSeconds,
    niceness,
    ...(plannedEnd !== undefined && { plannedEnd }),
  };
};

const bytesPerMiB = 2 ** 20;

const availableMemory = (): number => {
  // 0 or a number beyond all memory means that there is no limit.
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(totalmem(), limit) : totalmem();
};

const freeSpace = (directory: string): number => {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
};

/**
 * Makes the directory of the sandboxes and finds out what this machine has.
 * @throws DriverError SANDBOX_ROOT_UNUSABLE
 */
export const prepareMachine = ({ sandboxRoot, resources }: LocalSettings): Resources => {
  try {
    mkdirSync(sandboxRoot, { recursive: true });
    return {
      cpus: resources.cpus ?? availableParallelism(),
      mem: resources.mem ?? Math.floor(availableMemory() / bytesPerMiB),
      disk: resources.disk ?? Math.floor(freeSpace(sandboxRoot) / bytesPerMiB),
    };
  } catch (cause) {
    const message = `The directory for sandboxes cannot be used: ${messageOf(cause)}`;
    throw new DriverError('SANDBOX_ROOT_UNUSABLE', message, { cause });
  }
};

// AT_PAGESZ of getauxval(3).
const pageSizeKey = 6n;

/** Bytes in a page of memory on Linux, from the auxiliary vector of this process. */
export const readPageSize = (): number => {
  const vector = readFileSync('/proc/self/auxv');
  const read = (offset: number): bigint =>
    endianness() === 'LE' ? vector.readBigUInt64LE(offset) : vector.readBigUInt64BE(offset);
  for (let offset = 0; offset + 16 <= vector.length; offset += 16) {
    if (read(offset) === pageSizeKey) return Number(read(offset + 8));
  }
  return 4096;
};
