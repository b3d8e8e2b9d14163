/** What Galaxy, Mesos and this software tell a command by variables; no locales, which an image may not have. */
export const passedVariables = [
  'GALAXY_SLOTS',
  'GALAXY_SLOTS_CONFIGURED',
  'GALAXY_MEMORY_MB',
  'GALAXY_MEMORY_MB_PER_SLOT',
  'GALAXY_MESOS_CPUS',
  'GALAXY_MESOS_MEM',
  'GALAXY_MESOS_ATTEMPT_ID',
  'MESOS_URL',
  'TZ',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
  'ROCR_VISIBLE_DEVICES',
  'HIP_VISIBLE_DEVICES',
] as const;
