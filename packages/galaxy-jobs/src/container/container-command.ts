import { shellWord } from '../shell-word.ts';
import type { ContainedCommand } from './contained-command.ts';
import { runByEngine } from './engine.ts';
import { passedVariables } from './passed-variables.ts';
import { runBySingularity } from './singularity.ts';

/**
 * Shell text, to be used like a command, that runs a command in an image by the program of the container's runtime:
 * as the same user, in the network of the machine (so that MESOS_URL works), with its exit code. SIGTERM is passed on;
 * nothing of the container is left when it has ended. Where Mesos itself runs the image it is the command alone.
 */
export function containerCommand(contained: ContainedCommand): string {
  switch (contained.container.runtime) {
    case 'mesos':
    case 'mesos-docker':
      return contained.command;
    case 'docker':
    case 'podman':
      return runByEngine(contained.container.runtime, withVolumes(contained));
    case 'singularity':
    case 'apptainer':
      return runBySingularity(contained.container.runtime, withVolumes(contained));
  }
}

/** All mounts once: the programs refuse two at one place. What may be written to anywhere may be written to. */
function withVolumes(contained: ContainedCommand): ContainedCommand {
  const volumes = (contained.container.volumes ?? []).map(({ path, readOnly }) => ({
    path: shellWord(path),
    readOnly,
  }));
  const mounts = new Map<string, boolean>();
  for (const { path, readOnly = false } of [...contained.mounts, ...volumes]) {
    mounts.set(path, readOnly && mounts.get(path) !== false);
  }
  return {
    ...contained,
    mounts: Array.from(mounts, ([path, readOnly]) => ({ path, readOnly })),
    environment: [...new Set([...passedVariables, ...(contained.environment ?? [])])],
  };
}
