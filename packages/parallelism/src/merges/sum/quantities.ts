const integer = /^[-+]?\d{1,15}$/;
const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)$/;
const scientific = /^[-+]?(?:\d+\.?\d*|\.\d+)e[-+]?\d+$/i;

/** Digits a number keeps through arithmetic. */
const exactDigits = 15;

/** In the place of how many digits stand behind the point: as many as it takes. */
const anyDigits = 255;

/** What is made of the numbers of one column under one key. */
export type Operation = 'sum' | 'min' | 'max' | 'mean';

/** How many digits stand behind the point of a number; `undefined` if it is none. */
const digitsOf = (text: string): number | undefined => {
  if (integer.test(text)) return 0;
  if (!decimal.test(text)) return scientific.test(text) ? anyDigits : undefined;
  const point = text.indexOf('.');
  const isExact = text.replace(/[-+.]/g, '').length <= exactDigits;
  if (!isExact) return anyDigits;
  return point === -1 ? 0 : text.length - point - 1;
};

const grown = <Kind extends Float64Array | Uint8Array>(
  array: Kind,
  larger: (length: number) => Kind,
  index: number,
): Kind => {
  if (index < array.length) return array;
  const copy = larger(Math.max(1024, 2 * index));
  copy.set(array);
  return copy;
};

const float64 = (length: number): Float64Array => new Float64Array(length);
const uint8 = (length: number): Uint8Array => new Uint8Array(length);

/**
 * Gathers the numbers of one column, under keys that are numbered from 0 as they come. Whole numbers stay exact,
 * however large their sum; decimals keep the digits they came with. Takes some bytes for each key, and no object.
 */
export class Quantities {
  readonly #operation: Operation;
  #count = 0;
  #values = float64(0);
  #weights = float64(0);
  #digits = uint8(0);
  /** Sums that are larger than a number holds. */
  readonly #large = new Map<number, bigint>();

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** False if one of the texts is not a number. */
  add(key: number, text: string, weightText = ''): boolean {
    const trimmed = text.trim();
    const digits = digitsOf(trimmed);
    const weight = weightText.trim();
    if (digits === undefined || (this.#operation === 'mean' && digitsOf(weight) === undefined)) return false;
    const isFirst = key >= this.#count;
    if (isFirst) this.#grow(key);
    this.#digits[key] = Math.max(this.#digits[key] ?? 0, digits);
    this.#put(key, Number(trimmed), { weight: Number(weight), isFirst });
    return true;
  }

  textOf(key: number): string {
    const [value, digits] = [this.#values[key] ?? 0, this.#digits[key] ?? 0];
    if (this.#operation === 'mean') {
      const weight = this.#weights[key] ?? 0;
      return weight === 0 ? 'nan' : String(value / weight);
    }
    const large = this.#large.get(key);
    if (large !== undefined) return String(large);
    return digits === anyDigits ? String(value) : value.toFixed(digits);
  }

  #grow(key: number): void {
    this.#count = key + 1;
    this.#values = grown(this.#values, float64, key);
    this.#digits = grown(this.#digits, uint8, key);
    if (this.#operation === 'mean') this.#weights = grown(this.#weights, float64, key);
  }

  #put(key: number, value: number, { weight, isFirst }: { weight: number; isFirst: boolean }): void {
    const before = this.#values[key] ?? 0;
    if (this.#operation === 'mean') {
      this.#values[key] = before + value * weight;
      this.#weights[key] = (this.#weights[key] ?? 0) + weight;
    } else if (isFirst) this.#values[key] = value;
    else if (this.#operation === 'sum') this.#addTo(key, before, value);
    else this.#values[key] = Math[this.#operation](before, value);
  }

  #addTo(key: number, before: number, value: number): void {
    const sum = before + value;
    const large = this.#large.get(key);
    const isExact = Number.isSafeInteger(sum) || !Number.isInteger(sum) || this.#digits[key] !== 0;
    if (large === undefined && isExact) this.#values[key] = sum;
    else if (Number.isInteger(value)) this.#large.set(key, (large ?? BigInt(before)) + BigInt(value));
    else {
      this.#values[key] = Number(large ?? before) + value;
      this.#large.delete(key);
    }
  }
}
