import type { AgentView, JobResources, JobView } from '@galaxy-mesos/galaxy-jobs';

/** A job as it was taken; `warning` says why it may wait for ever. */
export function submittedView(view: JobView, agents: readonly AgentView[]): JobView & { warning?: string } {
  const lack = lackOfAll(view.resources, agents);
  return lack === undefined
    ? view
    : { ...view, warning: `nothing that is known now could ever hold it: ${lack}` };
}

const units = {
  cpus: (amount: number) => `${amount} ${amount === 1 ? 'core' : 'cores'}`,
  mem: (amount: number) => `${amount} MiB of memory`,
  disk: (amount: number) => `${amount} MiB of disk`,
  gpus: (amount: number) => `${amount} ${amount === 1 ? 'graphics processor' : 'graphics processors'}`,
} as const satisfies Record<keyof JobResources, (amount: number) => string>;

const names = ['cpus', 'mem', 'disk', 'gpus'] as const;

/** Why no agent has, all of it taken together, what a task asks for. */
function lackOfAll(wanted: JobResources, agents: readonly AgentView[]): string | undefined {
  if (agents.length === 0) return 'no agent is known';
  const totals = agents.map(({ total }) => total);
  const lacks = (total: JobResources | undefined, name: keyof JobResources) =>
    total !== undefined && (total[name] ?? 0) < (wanted[name] ?? 0);
  // Of one that has not said what it has, nobody knows.
  if (totals.some((total) => !names.some((name) => lacks(total, name)))) return undefined;
  const missing = names.find((name) => totals.every((total) => lacks(total, name)));
  const count = `${agents.length} ${agents.length === 1 ? 'agent' : 'agents'}`;
  if (missing === undefined) {
    const all = names.filter((name) => (wanted[name] ?? 0) > 0).map((name) => units[name](wanted[name] ?? 0));
    return `none of ${count} has all of ${all.join(', ')}`;
  }
  const most = Math.max(...totals.map((total) => total?.[missing] ?? 0));
  return `it asks for ${units[missing](wanted[missing] ?? 0)}; the largest of ${count} has ${most}`;
}
