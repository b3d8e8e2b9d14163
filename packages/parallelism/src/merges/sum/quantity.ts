const integer = /^[-+]?\d{1,15}$/;
const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)$/;
const scientific = /^[-+]?(?:\d+\.?\d*|\.\d+)e[-+]?\d+$/i;

/** Digits a number keeps through arithmetic. */
const exactDigits = 15;

/** A number as a table has it: how many digits stand behind its point. */
interface Read {
  readonly value: number;
  /** `undefined`: written as a power of ten, or with more digits than a number keeps. */
  readonly digits: number | undefined;
}

const read = (text: string): Read | undefined => {
  if (integer.test(text)) return { value: Number(text), digits: 0 };
  if (!decimal.test(text))
    return scientific.test(text) ? { value: Number(text), digits: undefined } : undefined;
  const [, behind = ''] = text.split('.');
  const isExact = text.replace(/[-+.]/g, '').length <= exactDigits;
  return { value: Number(text), digits: isExact ? behind.length : undefined };
};

/** What is made of the numbers of one column under one key. */
export type Operation = 'sum' | 'min' | 'max' | 'mean';

/** Gathers numbers. Whole numbers stay exact, however large their sum; decimals keep the digits they came with. */
export class Quantity {
  readonly #operation: Operation;
  #value: number | bigint | undefined;
  #weights = 0;
  #digits: number | undefined = 0;

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** False if one of the texts is not a number. */
  add(text: string, weightText?: string): boolean {
    const number = read(text.trim());
    if (number === undefined) return false;
    if (this.#operation === 'mean') return this.#addWeighted(number.value, weightText ?? '');
    this.#digits =
      this.#digits === undefined || number.digits === undefined
        ? undefined
        : Math.max(this.#digits, number.digits);
    const before = this.#value;
    if (before === undefined) this.#value = number.value;
    else if (this.#operation === 'sum') this.#value = sumOf(before, number.value);
    else this.#value = Math[this.#operation](Number(before), number.value);
    return true;
  }

  get text(): string {
    const value = this.#value ?? 0;
    if (this.#operation === 'mean')
      return String(this.#weights === 0 ? 'nan' : Number(value) / this.#weights);
    if (typeof value === 'bigint' || this.#digits === undefined) return String(value);
    return value.toFixed(this.#digits);
  }

  #addWeighted(value: number, weightText: string): boolean {
    const weight = read(weightText.trim());
    if (weight === undefined) return false;
    this.#value = Number(this.#value ?? 0) + value * weight.value;
    this.#weights += weight.value;
    return true;
  }
}

const sumOf = (one: number | bigint, other: number): number | bigint => {
  if (typeof one === 'bigint') return Number.isInteger(other) ? one + BigInt(other) : Number(one) + other;
  const sum = one + other;
  const isExact = !Number.isInteger(one) || !Number.isInteger(other) || Number.isSafeInteger(sum);
  return isExact ? sum : BigInt(one) + BigInt(other);
};
