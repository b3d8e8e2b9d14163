/** A whole number as Python's `int()` reads it; `undefined` if it is none or too big to be exact. */
export function parseInteger(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text.trim())) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value + 0 : undefined;
}

/** A finite number as Python's `float()` reads it; `undefined` if it is none. */
export function parseNumber(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text.trim())) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * A number as Python writes a float, which is what Galaxy puts in a command: `5.0`, `1e-05`, `1e+16`. Both
 * languages choose the same digits (the fewest that read back the same) and differ only in the notation.
 */
export function pythonFloat(value: number): string {
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  const sign = Object.is(value, -0) ? '-' : '';
  if (exponent < -4 || exponent >= 16) {
    const digits = Math.abs(exponent).toString().padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const fixed = value.toFixed(Math.max(1, fractionDigits(mantissa) - exponent));
  return `${sign}${fixed}`;
}

function fractionDigits(mantissa: string): number {
  return mantissa.split('.')[1]?.length ?? 0;
}
