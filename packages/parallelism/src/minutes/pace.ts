import { PlanError } from '../plan-error.ts';
import type { PlanContext } from '../strategy.ts';

/** What is cut off to see how long it takes: little beside the whole, and not so little that only the start is measured. */
const shareOfProbe = 1 / 200;
const leastProbe = 64 * 1024;
const mostProbe = 16 * 1024 * 1024;

/**
 * One probe alone cannot tell how long the command takes to start from how long it takes for each byte, unless it is
 * nearly as long as asked for; a second one that took some of the time can. What took less is followed by a much larger one.
 */
const tellingAlone = 1 / 2;
const telling = 1 / 8;
const growth = 8;
const lastGrowth = 3;
const mostProbes = 4;

/** Clocks count no less. */
const leastSeconds = 0.001;

interface Measured {
  readonly amount: number;
  readonly seconds: number;
}

/** How long a part takes: so long whatever it has, and so long for each byte. */
interface Line {
  readonly start: number;
  readonly each: number;
}

/** Through the last two probes, if the larger one took longer; else as if nothing was needed to start. */
function lineThrough(measured: readonly Measured[]): Line {
  const [before, last] = measured.slice(-2);
  if (before === undefined) return { start: 0, each: 0 };
  if (last === undefined) return { start: 0, each: before.seconds / before.amount };
  const each = (last.seconds - before.seconds) / (last.amount - before.amount);
  const start = last.seconds - each * last.amount;
  const isLikely = Number.isFinite(each) && each > 0 && start > 0;
  return isLikely ? { start, each } : { start: 0, each: last.seconds / last.amount };
}

/**
 * How much the next part is to have so that it takes so many minutes. Knows it from earlier runs, or learns it from the
 * first parts, which are small. The same times give the same amounts.
 */
export class Pace {
  /** Bytes, or whatever work is counted in. */
  amount: number;
  readonly #seconds: number;
  readonly #took: PlanContext['took'];
  readonly #measured: Measured[] = [];
  #isKnown: boolean;

  /**
   * @param total how much there is in all, about
   * @throws PlanError INVALID_PARAMETERS where nobody can tell how long a part took
   */
  constructor(strategy: string, minutes: number, total: number, { took, pace }: PlanContext) {
    if (took === undefined && pace === undefined) throw unknowable(strategy);
    this.#seconds = minutes * 60;
    this.#took = took;
    this.#isKnown = pace !== undefined;
    this.amount =
      pace === undefined
        ? Math.min(mostProbe, Math.max(leastProbe, Math.round(total * shareOfProbe)))
        : this.#amountAt({ start: 0, each: pace });
  }

  /** Waits for a part that was handed out, if it is to be learned from. */
  async learn(index: number, amount: number): Promise<void> {
    if (this.#isKnown || amount <= 0 || this.#took === undefined) return;
    const seconds = Math.max(leastSeconds, await this.#took(index));
    this.#measured.push({ amount, seconds });
    const wanted = this.#amountAt(lineThrough(this.#measured));
    const isFirst = this.#measured.length === 1;
    const share = seconds / this.#seconds;
    this.#isKnown =
      share >= (isFirst ? tellingAlone : telling) || this.#measured.length === mostProbes || wanted <= amount;
    this.amount = this.#isKnown
      ? wanted
      : Math.min(wanted, amount * (share >= telling ? lastGrowth : growth));
  }

  /** Where starting alone takes most of the time, parts take twice as long rather than do nothing but start. */
  #amountAt({ start, each }: Line): number {
    const left = Math.max(this.#seconds - start, this.#seconds / 2);
    return Math.max(1, Math.round(left / Math.max(each, Number.MIN_VALUE)));
  }
}

const unknowable = (strategy: string): PlanError =>
  new PlanError(
    'INVALID_PARAMETERS',
    `strategy ${strategy}: minutes needs to see how long the first part takes, which nobody can tell here: nothing runs ` +
      'while the parts are told, or the strategy is nested with another; say how much a part has in another way',
  );
