/**
 * The variables by which Galaxy tells a tool what it may use: whole cores, and whole MiB in all and for each
 * core. A tool always has one core at least; an amount of memory that rounds to none is left out.
 *
 * @param resources cores and MiB, as in `JobResources`
 */
export function jobEnvironment(resources: {
  readonly cpus: number;
  readonly mem: number;
}): Record<string, string> {
  const slots = Math.max(1, Math.floor(resources.cpus));
  const memory = Math.floor(resources.mem);
  const perSlot = Math.floor(memory / slots);
  return {
    GALAXY_SLOTS: String(slots),
    ...(memory > 0 ? { GALAXY_MEMORY_MB: String(memory) } : {}),
    ...(perSlot > 0 ? { GALAXY_MEMORY_MB_PER_SLOT: String(perSlot) } : {}),
  };
}
