const day = 86_400;
const hour = 3600;
const minute = 60;

/** Longer than any queue lets anything run. */
const mostSeconds = 10 * 366 * day;

/** For messages. */
export const durationForm = 'a time such as 90s, 10m, 8h, 1h30m, 2d or 1-12:00:00';

const withUnits = /^(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m(?:in)?)?(?:(\d{1,9})s)?$/i;
/** As Slurm writes it; hours and minutes without seconds are minutes and seconds to others, and not taken. */
const withColons = /^(?:(\d{1,6})-)?(\d{1,6}):(\d{1,2}):(\d{1,2})$/;

/** Reads `90s`, `10m`, `8h`, `1h30m`, `2d`, `12:00:00`, `1-12:00:00`, or 0. Answers seconds, or undefined for no time. */
export function parseDuration(value: unknown): number | undefined {
  if (value === 0) return 0;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().replaceAll(' ', '');
  if (text === '') return undefined;
  const parts = withUnits.exec(text) ?? withColons.exec(text);
  if (!parts) return undefined;
  const [days, hours, minutes, seconds] = [1, 2, 3, 4].map((part) => Number(parts[part] ?? 0));
  const total = (days ?? 0) * day + (hours ?? 0) * hour + (minutes ?? 0) * minute + (seconds ?? 0);
  return total <= mostSeconds ? total : undefined;
}

/** Text that {@link parseDuration} reads as this: `1d12h`, `8h`, `1h30m`, `45s`. */
export function describeDuration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / day), 'd'],
    [Math.floor((seconds % day) / hour), 'h'],
    [Math.floor((seconds % hour) / minute), 'm'],
    [seconds % minute, 's'],
  ] as const;
  const text = parts.flatMap(([number, unit]) => (number > 0 ? [`${number}${unit}`] : [])).join('');
  return text === '' ? '0s' : text;
}
