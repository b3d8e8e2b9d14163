import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The resident memory, in MiB, of a server and those of its children that run the same program: jobs do not. */
export function serverMemory(pid: number): number {
  const program = programOf(pid);
  return familyOf(pid)
    .filter((member) => programOf(member) === program)
    .reduce((sum, member) => sum + residentMemory(member), 0);
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
