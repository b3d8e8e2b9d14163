import type { TaskCounts } from '@galaxy-mesos/job-runner';

const widestBar = 24;
/** A shorter bar tells less than the numbers. */
const narrowestBar = 8;

/** `1 h 02 min`, `3 min 20 s` or `12 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const [minutes, hours] = [Math.floor(whole / 60) % 60, Math.floor(whole / 3600)];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours} h ${two(minutes)} min` : `${minutes} min ${two(whole % 60)} s`;
}

/** `1.5 kB`, `48 MB`: thousands, as file managers count. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/**
 * Seconds until all tasks are done, if they go on as since the beginning of this run; `undefined` before the
 * first is done. Tasks that were done before this run say nothing of its speed.
 */
export function secondsLeft(
  counts: TaskCounts,
  doneBefore: number,
  elapsedSeconds: number,
): number | undefined {
  const doneNow = counts.finished + counts.failed - doneBefore;
  if (doneNow <= 0) return undefined;
  return (elapsedSeconds / doneNow) * (counts.waiting + counts.active);
}

/** One line that tells where a job stands, no longer than `columns`; what the bar has room for is left to it. */
export function progressLine(counts: TaskCounts, left: number | undefined, columns: number): string {
  const { total, finished, active, waiting, failed } = counts;
  const time = left === undefined ? '' : `, ${duration(left)} left`;
  const text = `${finished}/${total} done, ${active} running, ${waiting} waiting, ${failed} failed${time}`;
  // One column stays free, and two brackets and a blank go with the bar.
  const width = Math.min(widestBar, columns - 1 - text.length - 3);
  if (width < narrowestBar) return cutTo(columns, text);
  const filled = Math.round((total === 0 ? 0 : finished / total) * width);
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${text}`;
}

/** The line while the input is read, no longer than `columns`. */
export const planningLine = (read: number, size: number, columns: number): string =>
  cutTo(columns, `reading the input: ${bytes(read)} of ${bytes(size)}`);

/** A line as long as the terminal would be wrapped by some. */
const cutTo = (columns: number, line: string): string => line.slice(0, Math.max(0, columns - 1));
