/** The name of a flag, which may be said as `--name`, `--no-name` and `--name=value`. */
const nameOf = (flag: string): string => (flag.split('=')[0] ?? '').replace(/^--(?:no-)?/, '');

/** Flags of ours, unless the definition of the cluster says otherwise: no flag may be given twice. */
export const mergedFlags = (ours: readonly string[], theirs: readonly string[]): readonly string[] => [
  ...ours.filter((flag) => !theirs.some((other) => nameOf(other) === nameOf(flag))),
  ...theirs,
];
