import { rm } from 'node:fs/promises';
import type { NumberedPart } from '../files/name-part.ts';

/** How many parts are merged at a time, and by what. */
export interface Rounds {
  /** At least 2. */
  readonly width: number;
  /** Where files may be kept meanwhile: their names begin with this. */
  readonly prefix: string;
  /** Merges some parts into a file of the same kind. */
  group(parts: readonly NumberedPart[], destination: string): Promise<void>;
  /** Merges what is left, at most `width` parts. */
  last(parts: readonly NumberedPart[]): Promise<void>;
}

/**
 * Merges any number of parts without opening more than `width` files: neighbours first, so that equal records stay in
 * the order of the parts. Files of earlier rounds are removed as soon as they were merged.
 */
export const mergeInRounds = async (
  parts: readonly NumberedPart[],
  { width, prefix, group, last }: Rounds,
): Promise<void> => {
  const made = new Set<string>();
  try {
    let left = parts;
    for (let round = 1; left.length > width; round += 1) {
      const next: NumberedPart[] = [];
      for (let from = 0; from < left.length; from += width) {
        const path = `${prefix}.round-${round}-${next.length}`;
        const together = left.slice(from, from + width);
        made.add(path);
        await group(together, path);
        next.push({ path, index: next.length });
        for (const { path: merged } of together) if (made.delete(merged)) await rm(merged);
      }
      left = next;
    }
    await last(left);
  } finally {
    for (const path of made) await rm(path, { force: true });
  }
};
