import type { MergeChoice, SplitChoice } from '@galaxy-mesos/parallelism';
import type { Contender } from '../measure.ts';
import { cut, cutWhilePlanned, join, partNames, plan, remove, shell } from './programs.ts';

/** `cat` of a file to another one, which is what writing the bytes once costs. */
export const catToCopy = (folder: string, file: string): Contender => ({
  name: 'cat to a copy',
  run: async () => {
    const seconds = await shell(`cat ${file} > copy`, folder);
    remove(folder, 'copy');
    return seconds;
  },
});

/** Splits with seqkit into the directory `theirs`. */
export const seqkitSplit = (folder: string, file: string, recordsEach: number): Contender => ({
  name: 'seqkit split2',
  run: () => shell(`seqkit split2 --quiet -s ${recordsEach} -O theirs ${file}`, folder),
});

/** Joins what seqkit has written by `cat`; `check` is shell text that fails unless `merged` is right. */
export const catOfTheirParts = (folder: string, check: string): Contender => ({
  name: 'cat of its parts',
  run: async () => {
    const seconds = await shell('cat theirs/* > merged', folder);
    await shell(check, folder);
    remove(folder, 'theirs', 'merged');
    return seconds;
  },
});

/** Joins the parts that were cut by `cat`; a merge makes its result outlast a loss of power, as `sync` does. */
export const catOfOurParts = (folder: string, partCount: number, sync = ''): Contender => ({
  name: `cat of the parts${sync && `, ${sync}`}`,
  run: async () => {
    const parts = partNames(partCount).join(' ');
    const seconds = await shell(`cat ${parts} > merged ${sync && `&& ${sync} merged`}`, folder);
    remove(folder, 'merged');
    return seconds;
  },
});

interface Work {
  readonly folder: string;
  readonly file: string;
  readonly split: SplitChoice;
  readonly merge: MergeChoice;
  readonly partCount: number;
  /** Shell text that fails unless `merged` is right. */
  readonly check: string;
}

/** What this package does with a file: plans its parts, cuts them, and joins them to `merged`. */
export class OurWork {
  readonly plan: Contender;
  readonly cut: Contender;
  /** Both at once, and the parts are gone afterwards. */
  readonly cutWhilePlanned: Contender;
  readonly merge: Contender;
  #peak = 0;

  constructor({ folder, file, split, merge, partCount, check }: Work) {
    const names = partNames(partCount);
    this.plan = { name: 'plan', run: () => this.#measured(plan(folder, split, file)) };
    this.cut = { name: 'cut', run: () => cut(folder) };
    this.cutWhilePlanned = {
      name: 'cut while planned',
      run: async () => {
        const seconds = await cutWhilePlanned(folder, split, file);
        await shell(`cat ${names.join(' ')} > merged`, folder);
        await shell(check, folder);
        remove(folder, 'merged', ...names);
        return seconds;
      },
    };
    this.merge = {
      name: 'merge',
      run: async () => {
        const seconds = await this.#measured(join(folder, merge, names, 'merged'));
        await shell(check, folder);
        remove(folder, 'merged', ...names);
        return seconds;
      },
    };
  }

  /** The most memory that planning or merging took, in megabytes. */
  get peak(): number {
    return Math.round(this.#peak);
  }

  async #measured(
    use: Promise<{ readonly seconds: number; readonly peakMegabytes: number }>,
  ): Promise<number> {
    const { seconds, peakMegabytes } = await use;
    this.#peak = Math.max(this.#peak, peakMegabytes);
    return seconds;
  }
}
