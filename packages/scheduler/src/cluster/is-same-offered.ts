import type { AgentResources } from '../model/amounts.ts';

/** Whether two offers hold out the same; what few offers have is not compared. */
export function isSameOffered(a: AgentResources, b: AgentResources): boolean {
  return (
    a.cpus === b.cpus &&
    a.mem === b.mem &&
    a.disk === b.disk &&
    a.gpus === b.gpus &&
    isSameRanges(a.ports, b.ports) &&
    a.scalars === b.scalars &&
    a.sets === b.sets &&
    a.volumes === b.volumes &&
    a.disks === b.disks &&
    a.reserved === b.reserved &&
    a.revocable === b.revocable
  );
}

function isSameRanges(a: AgentResources['ports'], b: AgentResources['ports']): boolean {
  if (a === b) return true;
  if (!a || !b || a.length !== b.length) return false;
  return a.every(({ begin, end }, index) => begin === b[index]?.begin && end === b[index]?.end);
}
