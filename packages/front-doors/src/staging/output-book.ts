import { FrontDoorError } from '../access/front-door-error.ts';
import type { Visitor } from './authorise.ts';
import type { Checksums } from './checksums.ts';
import type { ListedEntry } from './file-list.ts';
import { Outputs } from './outputs.ts';

/** Attempts that bring something back at the same time; one that was forgotten sends its list again. */
const remembered = 1_000;

const defaultMaximumFiles = 200_000;

/** What attempts have said that they bring back. */
export class OutputBook {
  readonly #checksums: Checksums;
  /** How many files, directories and links are taken of one attempt. */
  readonly maximumFiles: number;
  readonly #maximumFileBytes: number;
  readonly #outputs = new Map<string, Outputs>();

  constructor(
    checksums: Checksums,
    limits: { readonly maximumFiles?: number; readonly maximumFileBytes?: number },
  ) {
    this.#checksums = checksums;
    this.maximumFiles = limits.maximumFiles ?? defaultMaximumFiles;
    this.#maximumFileBytes = limits.maximumFileBytes ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Takes the list of an attempt, in place of an earlier one.
   * @throws FrontDoorError `TOO_LARGE`, `OUTSIDE`
   */
  open({ attemptId }: Visitor, tree: string, entries: readonly ListedEntry[]): Outputs {
    for (const entry of entries) {
      if (entry.type === 'file' && entry.size > this.#maximumFileBytes) {
        const words = `has ${entry.size} bytes, and more than ${this.#maximumFileBytes} are not taken`;
        throw new FrontDoorError('TOO_LARGE', `${JSON.stringify(entry.name)} ${words}`);
      }
    }
    const outputs = new Outputs(tree, entries, this.#checksums);
    this.#outputs.delete(attemptId);
    if (this.#outputs.size >= remembered) {
      const [oldest] = this.#outputs.keys();
      if (oldest !== undefined) this.#outputs.delete(oldest);
    }
    this.#outputs.set(attemptId, outputs);
    return outputs;
  }

  /** @throws FrontDoorError `CONFLICT` for one that has not sent its list, or long ago */
  of({ attemptId }: Visitor): Outputs {
    const outputs = this.#outputs.get(attemptId);
    if (!outputs) throw new FrontDoorError('CONFLICT', 'send the list of files first');
    return outputs;
  }
}
