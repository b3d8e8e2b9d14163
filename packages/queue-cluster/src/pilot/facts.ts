/** Why a pilot, or the batch job of a master, has ended. */
const pilotEndings = [
  /** Its walltime is nearly over. */
  'deadline',
  'idle',
  /** It was to end as soon as nothing ran on it. */
  'drained',
  'master-lost',
  /** Its orders are gone, or for another one. */
  'revoked',
  'stopped',
  /** The queue or somebody sent it a signal, which the detail names, long before its walltime's end. */
  'signal',
  /** The detail is its exit status. */
  'agent-died',
  /** As `agent-died`, of a master in a batch job. */
  'master-died',
  /** The queue has started it again; the first start has ended, or will by that. */
  'second-start',
  /** What was to be run is not on the node. */
  'no-program',
  'no-scratch',
  'bad-setup',
  /** By SIGKILL; what was beside it has cleared up. */
  'killed',
] as const;
export type PilotEndingReason = (typeof pilotEndings)[number];

/** What a pilot has written about itself; what it has not, or not in a form that is understood, is absent. */
export interface PilotFacts {
  readonly pilot?: string;
  readonly token?: string;
  readonly host?: string;
  /** Of the script. */
  readonly pid?: number;
  /** The id that the queue has given its batch job, where the queue tells a job. */
  readonly batchJob?: string;
  readonly agentPid?: number;
  /** `HOST:PORT`. */
  readonly agentAddress?: string;
  /** What the master calls the agent. */
  readonly agentId?: string;
  readonly master?: string;
  /** Seconds since 1970, as all times here. */
  readonly startedAt?: number;
  /** When its walltime is over; its agent ends some time before. */
  readonly ends?: number;
  readonly cpus?: number;
  readonly memMb?: number;
  readonly gpus?: number;
  readonly diskMb?: number;
  /** The directory that it has made on its node, and removes. */
  readonly scratch?: string;
  /** It is about to end: for how long, depends on its tasks. */
  readonly leaving?: PilotEndingReason;
  /** It has ended, and nothing is left of it. */
  readonly ended?: {
    readonly reason: PilotEndingReason;
    readonly detail?: string;
    readonly at?: number;
  };
}

/** Longer ones are not what a pilot writes. */
const maximumLength = 4096;

/** What a file `facts` says. Whatever is in it, what is not understood is left out. */
export function parseFacts(text: string): PilotFacts {
  const values = valuesOf(text);
  const word = (key: string) => oneLine(values.get(key));
  const reason = endingOf(values.get('ended'));
  const detail = word('ended_detail');
  const at = wholeNumber(values.get('ended_at'));
  return present({
    pilot: word('pilot'),
    token: word('token'),
    host: word('host'),
    pid: wholeNumber(values.get('pid')),
    batchJob: word('batch_job'),
    agentPid: wholeNumber(values.get('agent_pid')),
    agentAddress: word('agent_address'),
    agentId: word('agent_id'),
    master: word('master'),
    startedAt: wholeNumber(values.get('started')),
    ends: wholeNumber(values.get('ends')),
    cpus: wholeNumber(values.get('cpus')),
    memMb: wholeNumber(values.get('mem')),
    gpus: wholeNumber(values.get('gpus')),
    diskMb: wholeNumber(values.get('disk')),
    scratch: word('scratch'),
    leaving: endingOf(values.get('leaving')),
    ended: reason && present({ reason, detail, at }),
  });
}

/** Of lines that were written to their end; the last of a key counts. */
function valuesOf(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const equals = line.indexOf('=');
    if (equals > 0 && line.length <= maximumLength) values.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return values;
}

/** Without control characters, cut as everything that is shown; nothing for an empty one. */
function oneLine(value: string | undefined): string | undefined {
  return value?.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 300) || undefined;
}

function wholeNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

function endingOf(value: string | undefined): PilotEndingReason | undefined {
  return pilotEndings.find((ending) => ending === value);
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Only those properties that have a value. */
function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
