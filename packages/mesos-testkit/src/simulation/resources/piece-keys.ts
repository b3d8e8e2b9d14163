/**
 * The keys of {@link Bag.others}: `gpus`, `scalar:NAME`, `set:NAME ITEM`, `disk:ID`, `volume:ID`, `shared-volume:ID`,
 * `revocable:NAME`, and `reserved:NAME JSON-of-the-reservation`.
 */
export interface Reservation {
  readonly type: 'STATIC' | 'DYNAMIC';
  readonly role: string;
  readonly labels: Readonly<Record<string, string>>;
}

const reservedPrefix = 'reserved:';
const known = new Map<string, { readonly name: string; readonly reservation: Reservation } | undefined>();

/** The key of an amount that is reserved. */
export function reservedKey(name: string, { type, role, labels }: Reservation): string {
  const sorted = Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${reservedPrefix}${name} ${JSON.stringify({ type, role, labels: sorted })}`;
}

/** What a key says of a reservation; `undefined` where it is none. */
export function parseReserved(key: string) {
  if (!key.startsWith(reservedPrefix)) return undefined;
  const found = known.get(key);
  if (found) return found;
  const blank = key.indexOf(' ');
  const parsed = {
    name: key.slice(reservedPrefix.length, blank),
    reservation: JSON.parse(key.slice(blank + 1)) as Reservation,
  };
  known.set(key, parsed);
  return parsed;
}
