/** Mebibytes to one of the unit. */
const units: Readonly<Record<string, number>> = { '': 1, k: 1 / 1024, m: 1, g: 1024, t: 1024 ** 2 };

/** MiB in `8192`, `8G`, `8 GiB`, `1.5g`, `512MB`; all units count by 1024. */
export function parseMebibytes(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) *([kmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const factor = units[unit.toLowerCase()];
  // A lone `b` would be bytes, which nobody asks memory in.
  if (number === undefined || factor === undefined || (unit === '' && /b$/i.test(text.trim())))
    return undefined;
  return Math.ceil(Number(number) * factor);
}

const maximumMinutes = 60;

/** Seconds in `90`, `1:30:00`, `2-00:00:00`. */
export function parseWalltime(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text.trim())) return Number(text);
  const found = /^(?:(\d+)-)?(\d+):(\d{2}):(\d{2})$/.exec(text.trim());
  if (!found) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0));
  if (minutes >= maximumMinutes || seconds >= maximumMinutes) return undefined;
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** A number written in digits, with or without a sign, a fraction, an exponent. */
export function parseDecimal(text: string): number | undefined {
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text.trim())) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
