import type { Resources } from './resources.ts';

/** Ports or other numbers, both ends included, as Mesos's `Value.Ranges` has them. */
export interface NumberRange {
  readonly begin: number;
  readonly end: number;
}

/** Part of what an agent has, kept for a role (`ReservationInfo` in mesos.proto; the last of a refined stack). */
export interface ReservedAmounts {
  readonly type: 'STATIC' | 'DYNAMIC';
  readonly role: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly resources: Resources;
}

/** A volume that outlives the tasks that use it, found by its persistence id. */
export interface OfferedVolume {
  readonly persistenceId: string;
  /** MiB. */
  readonly size: number;
  /** Several tasks may use a shared one at a time. */
  readonly shared: boolean;
}

/** A disk that is had whole or not at all (`DiskInfo.Source` of type MOUNT). */
export interface OfferedDisk {
  /** Tells it from others of its agent: the path where it is mounted, or the id of its source. */
  readonly id: string;
  /** MiB. */
  readonly size: number;
}

/** What an agent has or holds out: amounts that any task may take, and what only tasks that ask for it get. */
export interface AgentResources extends Resources {
  /** The whole number of graphics processors. */
  readonly gpus?: number;
  /** Other scalar resources by name, with at most three decimals. */
  readonly scalars?: Readonly<Record<string, number>>;
  /** Ranges that do not overlap, in ascending order. */
  readonly ports?: readonly NumberRange[];
  /** Other resources that are sets of named items. */
  readonly sets?: Readonly<Record<string, readonly string[]>>;
  /** What of the amounts is kept for a role; the rest is for everyone. */
  readonly reserved?: readonly ReservedAmounts[];
  /** Not part of the amounts: whatever runs there may be ended at any time. */
  readonly revocable?: Resources;
  readonly volumes?: readonly OfferedVolume[];
  /** Not part of the amount `disk`. */
  readonly disks?: readonly OfferedDisk[];
}

/** A volume that a task uses, on the agent that has it. */
export interface VolumeDemand {
  readonly persistenceId: string;
  /** Where the command finds it; relative to the sandbox. */
  readonly containerPath: string;
  readonly readOnly?: boolean;
}

/** A disk that a task has for itself. */
export interface DiskDemand {
  /** MiB at least; the smallest disk that is large enough is taken. */
  readonly size: number;
  readonly containerPath: string;
}

/** What a task asks for: processor cores, memory and disk, and whatever else it names. */
export interface TaskResources extends Resources {
  readonly gpus?: number;
  readonly scalars?: Readonly<Record<string, number>>;
  /** `any` so many ports that the agent has free, and the `fixed` ones. The command finds them as `PORT0`, `PORT1`, ... */
  readonly ports?: { readonly any?: number; readonly fixed?: readonly number[] };
  /** The items that must be had of each set. */
  readonly sets?: Readonly<Record<string, readonly string[]>>;
  readonly volumes?: readonly VolumeDemand[];
  readonly disks?: readonly DiskDemand[];
  /**
   * Where cores, memory and disk may come from: anything (the default; what is reserved goes first), only what is
   * reserved with all these labels, or only what is not reserved.
   */
  readonly reservation?: 'unreserved' | { readonly labels: Readonly<Record<string, string>> };
  /** Takes revocable cores, memory and disk, and no others. */
  readonly revocable?: boolean;
}

/** What of an offer a launch was given beyond amounts: the choice is the matcher's, the driver takes just that. */
export interface AssignedResources {
  /** The ports in the order in which the command finds them: fixed ones first. */
  readonly ports?: readonly number[];
  /** The id of each {@link OfferedDisk}, in the order of the demands. */
  readonly disks?: readonly string[];
}
