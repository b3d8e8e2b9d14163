const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  secs: 1000,
  mins: 60_000,
  hrs: 3_600_000,
  days: 86_400_000,
  weeks: 604_800_000,
};

const pattern = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)(ns|us|ms|secs|mins|hrs|days|weeks)$/;

/** Milliseconds of a duration as Mesos writes it, such as `15mins` or `1.5secs`; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ''] = pattern.exec(text) ?? [];
  const factor = units[unit];
  return factor === undefined ? undefined : Number(amount) * factor;
}
