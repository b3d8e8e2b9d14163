/**
 * Whether a command line runs its command in a container by itself, as those of Galaxy do where the destination says
 * `docker_enabled` or `singularity_enabled`: such a one needs no container from us.
 */
export const isContainerCommand = (command: string): boolean =>
  /(?:^|[\s;&|(])(?:\/\S*\/)?(?:docker|podman|singularity|apptainer)(?:\s+-\S+)*\s+(?:run|exec)\s/.test(
    command,
  );
