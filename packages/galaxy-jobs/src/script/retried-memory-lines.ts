// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the expansions are those of the shell.
import type { Job } from '../job.ts';
import { jobEnvironment } from '../job-environment.ts';

/**
 * Lines of POSIX shell that tell the command of an attempt with more memory than the first one had, by GALAXY_MESOS_MEM,
 * how much it is: the variables of {@link Job.environment} tell of the first one. None for a job that gets no more, and
 * nothing is changed where the job says another amount than what it asks for.
 */
export function retriedMemoryLines({ resources, environment, outOfMemory }: Job): string[] {
  const { GALAXY_SLOTS: slots, GALAXY_MEMORY_MB: told } = jobEnvironment(resources);
  if (!outOfMemory || told === undefined || environment.GALAXY_MEMORY_MB !== told) return [];
  return [
    `if [ "\${GALAXY_MESOS_MEM%%.*}" -gt ${told} ] 2>/dev/null; then`,
    '  GALAXY_MEMORY_MB=${GALAXY_MESOS_MEM%%.*}',
    `  GALAXY_MEMORY_MB_PER_SLOT=$((GALAXY_MEMORY_MB / ${slots}))`,
    '  export GALAXY_MEMORY_MB GALAXY_MEMORY_MB_PER_SLOT',
    'fi',
  ];
}
