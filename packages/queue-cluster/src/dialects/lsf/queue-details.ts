/** What `bqueues -l` tells of a queue; what it does not tell is not known. */
export interface LsfQueue {
  /** Such as `Open:Active`. */
  readonly status?: string | undefined;
  readonly runLimitSeconds?: number | undefined;
  readonly mostTasks?: number | undefined;
  readonly leastTasks?: number | undefined;
  /** As it is told, such as `20 G`; whether it is a process's or the whole job's is the site's choice. */
  readonly memoryLimit?: string | undefined;
  readonly users?: readonly string[] | undefined;
  readonly hosts?: readonly string[] | undefined;
}

/** The queues that `bqueues -l` lists, by name; undefined if it lists none. */
export function queuesIn(stdout: string): ReadonlyMap<string, LsfQueue> | undefined {
  const [, ...blocks] = stdout.split(/^QUEUE: */m);
  const queues = new Map(blocks.map((block) => [block.split('\n', 1)[0]?.trim() ?? '', queueOf(block)]));
  return queues.size === 0 ? undefined : queues;
}

function queueOf(block: string): LsfQueue {
  const limits = /^MAXIMUM LIMITS:\n([\s\S]*?)(?:^[A-Z][A-Z /_]+:?$|$(?![\s\S]))/m.exec(block)?.[1] ?? '';
  return {
    status: statusOf(block),
    runLimitSeconds: runLimitOf(limits),
    ...tasksOf(limits),
    memoryLimit: memoryLimitOf(limits),
    users: namesOf(block, 'USERS'),
    hosts: namesOf(block, 'HOSTS'),
  };
}

/** The table of one row whose heading begins with `PRIO NICE STATUS`. */
const statusOf = (block: string): string | undefined =>
  /^ *PRIO +NICE +STATUS .*\n *-?\d+ +-?\d+ +(\S+)/m.exec(block)?.[1];

/** Below a heading of names of limits, those of time as `600.0 min of hostA`, in the order of the names. */
function runLimitOf(limits: string): number | undefined {
  const [, heading = '', values = ''] = /^ *((?:CPULIMIT +)?RUNLIMIT) *\n(.*)$/m.exec(limits) ?? [];
  const names = heading.split(/\s+/);
  const minutes = [...values.matchAll(/(\d+(?:\.\d+)?) min\b/g)].map(([, number]) => Number(number));
  return heading !== '' && minutes.length === names.length ? (minutes.at(-1) ?? 0) * 60 : undefined;
}

/** The most; the least and the most; or the least, what is usual, and the most. */
function tasksOf(limits: string): Pick<LsfQueue, 'mostTasks' | 'leastTasks'> {
  const numbers = /^ *(?:TASKLIMIT|PROCLIMIT) *\n *(\d+(?: +\d+){0,2}) *$/m
    .exec(limits)?.[1]
    ?.split(/ +/)
    .map(Number);
  if (!numbers) return {};
  return { mostTasks: numbers.at(-1), ...(numbers.length > 1 ? { leastTasks: numbers[0] } : {}) };
}

/** Below a heading of names of limits, those of size as `20 G`, in the order of the names. */
function memoryLimitOf(limits: string): string | undefined {
  const [, heading = '', values = ''] =
    /^ *((?:[A-Z]+LIMIT +)*MEMLIMIT(?: +[A-Z]+LIMIT)*) *\n(.*)$/m.exec(limits) ?? [];
  const names = heading.split(/ +/);
  const sizes = values.match(/\d+(?:\.\d+)? [KMGTP]\b/g) ?? [];
  return sizes.length === names.length ? sizes[names.indexOf('MEMLIMIT')] : undefined;
}

/** Names behind a heading, on as many lines as are indented. */
function namesOf(block: string, heading: string): readonly string[] | undefined {
  const text = new RegExp(`^${heading}: *(.*(?:\\n[ \\t]+\\S.*)*)`, 'm').exec(block)?.[1];
  const names = text?.split(/\s+/).filter((name) => name !== '');
  return names && names.length > 0 ? names : undefined;
}
