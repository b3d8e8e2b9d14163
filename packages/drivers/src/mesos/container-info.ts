import type { mesos } from '@galaxy-mesos/mesos-client';
import type { Launch, TaskContainer } from '@galaxy-mesos/scheduler';
import { diskIdOf, mountedAt } from './pieces.ts';

/** Where an agent mounts the sandbox in a container unless its `--sandbox_directory` says otherwise. */
const sandboxInContainer = '/mnt/mesos/sandbox';

/** How an attempt is isolated besides what the agent does to all; undefined: in no way. */
export function containerInfo(
  launch: Launch,
  pieces: readonly mesos.Resource[],
): mesos.ContainerInfo | undefined {
  const { container } = launch;
  const volumes = [...disksOf(launch, pieces), ...volumesOf(container)];
  if (container?.type === 'docker') {
    // The image's own working directory is as good as any; a command begins in its sandbox.
    const parameters = [{ key: 'workdir', value: sandboxInContainer }];
    return { type: 'DOCKER', docker: { image: container.image, network: 'HOST', parameters }, volumes };
  }
  if (container) {
    const image = { type: 'DOCKER', docker: { name: container.image } } as const;
    return { type: 'MESOS', mesos: { image }, volumes };
  }
  return volumes.length > 0 ? { type: 'MESOS', volumes } : undefined;
}

/**
 * Where the command finds the disks that it has for itself. Only persistent volumes have a place in a container by
 * themselves; any other disk is mounted as a path of the agent.
 */
function disksOf({ resources, assigned }: Launch, pieces: readonly mesos.Resource[]): mesos.Volume[] {
  return (assigned?.disks ?? []).flatMap((id, index): mesos.Volume[] => {
    const piece = pieces.find((candidate) => diskIdOf(candidate) === id);
    const path = piece && mountedAt(piece);
    const demand = resources.disks?.[index];
    if (path === undefined || demand === undefined) return [];
    return [{ mode: 'RW', container_path: demand.containerPath, host_path: path }];
  });
}

const volumesOf = (container: TaskContainer | undefined): mesos.Volume[] =>
  (container?.volumes ?? []).map(({ path, readOnly = false }) => ({
    mode: readOnly ? 'RO' : 'RW',
    container_path: path,
    host_path: path,
  }));
