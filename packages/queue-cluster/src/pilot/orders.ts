/** What the launcher wants of a pilot. */
export interface Orders {
  /** Whom they are for: a pilot with another token ends. */
  readonly token: string;
  /** Not to end for having nothing to do, as long as the launcher shows itself. */
  readonly keep: boolean;
  /** To end as soon as nothing runs on it. */
  readonly drain: boolean;
  /** To end now. */
  readonly stop: boolean;
}

/** The text of a pilot's file `orders`. Its last line tells a whole file from one that was cut. */
export function printOrders({ token, keep, drain, stop }: Orders): string {
  const lines = [`token=${token}`, ...(keep ? ['keep=1'] : []), ...(drain ? ['drain=1'] : [])];
  return [...lines, ...(stop ? ['stop=1'] : []), 'end=1', ''].join('\n');
}

/** What a file `orders` says; undefined for one that is not whole. */
export function parseOrders(text: string): Orders | undefined {
  const lines = new Set(text.split('\n').slice(0, -1));
  const token = [...lines].findLast((line) => line.startsWith('token='))?.slice('token='.length);
  if (token === undefined || !lines.has('end=1')) return undefined;
  return { token, keep: lines.has('keep=1'), drain: lines.has('drain=1'), stop: lines.has('stop=1') };
}
