import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The resident memory, in MiB, of a server and those of its children that run the same program: jobs do not. */
export function serverMemory(pid: number): number {
  const program = programOf(pid);
  return familyOf(pid)
    .filter((member) => programOf(member) === program)
    .reduce((sum, member) => sum + residentMemory(member), 0);
}

/** The seconds of processor time that a server has used so far, with all its children that it has seen the end of. */
export const processorSeconds = (pid: number): number =>
  familyOf(pid).reduce((sum, member) => sum + ticksOf(member), 0) / ticksPerSecond;

/** USER_HZ, which is the same on all of Linux's machines that are in use. */
const ticksPerSecond = 100;

function ticksOf(pid: number): number {
  // After the name, which may have blanks in it: utime, stime, cutime and cstime of proc(5).
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
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
