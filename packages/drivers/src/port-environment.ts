import type { AssignedResources } from '@galaxy-mesos/scheduler';

/** How a command finds its ports: `PORT0`, `PORT1`, ... one by one, and `PORTS` all with commas between. */
export const portEnvironment = ({ ports = [] }: AssignedResources = {}): Record<string, string> => {
  if (ports.length === 0) return {};
  const single = ports.map((port, index) => [`PORT${index}`, String(port)]);
  return { ...Object.fromEntries(single), PORTS: ports.join(',') };
};
