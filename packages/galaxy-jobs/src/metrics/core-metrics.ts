/** The files of Galaxy's job metrics of the plugin `core`, in the directory `metadata`; a whole number each. */
export const coreMetricFiles = {
  slots: '__instrument_core_galaxy_slots',
  memory: '__instrument_core_galaxy_memory_mb',
  start: '__instrument_core_epoch_start',
  end: '__instrument_core_epoch_end',
} as const;

/** What Galaxy tells of a job that has ended; each only as far as its file is there and can be read. */
export interface CoreMetrics {
  /** Cores that the job was told of. */
  readonly slots?: number;
  /** MiB that the job was told of. */
  readonly memory?: number;
  /** When the command began, in milliseconds since 1970; whole seconds. */
  readonly startedAt?: number;
  /** When the command had ended. */
  readonly endedAt?: number;
  /** Galaxy's run time on the wall clock. */
  readonly runtimeSeconds?: number;
}

/**
 * The metrics that the script of a job has left behind.
 * @param read the contents of a file of the directory `metadata`, by its name
 */
export function coreMetrics(read: (file: string) => string | undefined): CoreMetrics {
  const value = (name: keyof typeof coreMetricFiles): number | undefined =>
    wholeNumber(read(coreMetricFiles[name]));
  const [slots, memory, start, end] = [value('slots'), value('memory'), value('start'), value('end')];
  return {
    ...(slots !== undefined && { slots }),
    ...(memory !== undefined && { memory }),
    ...(start !== undefined && { startedAt: start * 1000 }),
    ...(end !== undefined && { endedAt: end * 1000 }),
    ...(start !== undefined && end !== undefined && { runtimeSeconds: end - start }),
  };
}

const wholeNumber = (text: string | undefined): number | undefined => {
  const digits = text?.trim() ?? '';
  const value = Number(digits);
  return /^[+-]?\d+$/.test(digits) && Number.isSafeInteger(value) ? value : undefined;
};
