import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The resident memory, in MiB, of a server and those of its children that run the same program: jobs do not. */
export function serverMemory(pid: number): number {
  const program = programOf(pid);
  return familyOf(pid)
    .filter((member) => programOf(member) === program)
    .reduce((sum, member) => sum + residentMemory(member), 0);
}

/** Seconds of processor time that were used so far. */
export interface ProcessorUse {
  /** By the server and all its children that it has seen the end of. */
  readonly withJobs: number;
  /** By the server alone: those of its processes that run its own program. */
  readonly server: number;
}

export function processorUse(pid: number): ProcessorUse {
  const program = programOf(pid);
  const use = { withJobs: 0, server: 0 };
  for (const member of familyOf(pid)) {
    const { own, children } = secondsOf(member);
    use.withJobs += own + children;
    if (programOf(member) === program) use.server += own;
  }
  return use;
}

/** USER_HZ, which is the same on all of Linux's machines that are in use. */
const ticksPerSecond = 100;

function secondsOf(pid: number): { readonly own: number; readonly children: number } {
  // After the name, which may have blanks in it: utime, stime, cutime and cstime of proc(5).
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15).map(Number);
  return {
    own: (user + system) / ticksPerSecond,
    children: (childrenUser + childrenSystem) / ticksPerSecond,
  };
}

function familyOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const parent = /^PPid:\s+(\d+)$/m.exec(read(`/proc/${Number(name)}/status`))?.[1];
    if (parent === undefined) continue;
    children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)]);
  }
  const family = [pid];
  for (const member of family) family.push(...(children.get(member) ?? []));
  return family;
}

const residentMemory = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;

function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
