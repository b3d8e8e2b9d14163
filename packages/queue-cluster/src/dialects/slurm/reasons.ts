/** What a reason of Slurm's means for somebody who waits. */
export interface ReasonMeaning {
  readonly advice: string;
  /** It waits for somebody, not for its turn. */
  readonly isHeld?: boolean;
  /** It will not start as things are. */
  readonly isHopeless?: boolean;
}

type Row = readonly [reason: RegExp, advice: string, nature?: 'held' | 'hopeless'];

/** The first that fits counts. */
const rows: readonly Row[] = [
  [/^JobHeldUser$/, 'release it with `scontrol release ID`, or cancel it', 'held'],
  [/^(?:JobHeldAdmin|JobHoldMaxRequeue|ResvDeletedHold)$/, 'ask the administrators why they hold it', 'held'],
  [
    /launch.?failed.?requeued.?held/i,
    'a node could not start it: `scontrol release ID` has it try again',
    'held',
  ],
  [
    /^(?:PartitionDown|PartitionInactive)$/,
    'the partition starts no jobs at present: use another one (`sinfo -s`)',
    'hopeless',
  ],
  [
    /^(?:PartitionTimeLimit|QOSTimeLimit)$|WallDurationPerJob/,
    'ask for a shorter walltime: `sinfo -o "%P %l"` shows the limits of partitions',
    'hopeless',
  ],
  [
    /^(?:BadConstraints|PartitionNodeLimit|PartitionConfig|Constraints)$/,
    'no node can ever do that: ask for less, or for other features (`sinfo -o "%P %c %m %G %f"`)',
    'hopeless',
  ],
  [
    /^(?:DependencyNeverSatisfied)$/,
    'what it depends on has failed: take the dependency out of the extra directives',
    'hopeless',
  ],
  [
    /^(?:InvalidAccount|InvalidQOS|AccountNotAllowed|QOSNotAllowed|ReservationDeleted)$/,
    'use an account, QOS or reservation that is allowed there (`sacctmgr show assoc`)',
    'hopeless',
  ],
  [
    /^(?:Assoc|QOS)\w*(?:PerJob|PerNode|NotSatisfied|MinCPU|MinGRES)/,
    'one job may not have that much, or has to have more, under this account or QOS (`sacctmgr show qos`): change the size of the pilots',
    'hopeless',
  ],
  [
    /^(?:Assoc|QOS)\w*Minutes/,
    'the time that this account or QOS may use is used up, or bespoken by jobs that run: use another account',
  ],
  [
    /^(?:Assoc|QOS|Max)\w*(?:Per(?:User|Account)|Limit|Threshold)/,
    'this account, QOS or user has as much as it may have at a time: it starts when others have ended',
  ],
  [
    /^ReqNodeNotAvail|^Reserved|Maintenance|^Reservation$/,
    'nodes are down or kept for a maintenance: a shorter walltime may end before it (`scontrol show reservation`)',
  ],
  [
    /^(?:NodeDown|Nodes? required|Nodes_required)/,
    'the nodes that could do it are down or taken by others (`sinfo -R`)',
  ],
  [
    /^BeginTime$/,
    'it starts after the time that it was given; Slurm gives one of some minutes where it starts a job again',
  ],
  [/^(?:Resources|Priority)$/, 'its turn comes: smaller and shorter pilots start sooner'],
  [/^Licenses$/, 'it waits for licences that the extra directives ask for'],
  [
    /^JobLaunchFailure$/,
    'its log could not be written there, or its script not started: is the directory of the cluster on a file system that the nodes share?',
  ],
  [/^(?:SystemFailure|RaisedSignal)/, 'see the log of the pilot, and ask the administrators'],
];

/** What a reason means, where that is known. */
export function meaningOf(reason: string): ReasonMeaning | undefined {
  const row = rows.find(([pattern]) => pattern.test(reason));
  if (!row) return undefined;
  const [, advice, nature] = row;
  return {
    advice,
    ...(nature === 'held' && { isHeld: true }),
    ...(nature === 'hopeless' && { isHopeless: true }),
  };
}
