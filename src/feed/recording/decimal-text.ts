/** Numbers as plain decimal text and back, without losing a bit. */

/**
 * The shortest decimal text that reads back as the same number, never with an exponent (`0.0000001`, not `1e-7`).
 *
 * @throws {RangeError} when `value` is not finite.
 */
export function toDecimalText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`expected a finite number, got ${value}`);
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const [, sign = '', first = '', rest = '', exponent = '0'] = match;
  return sign + shiftPoint(first + rest, Number(exponent));
}

/** `digits` stand for `d.ddd`; the point moves by `exponent` places. */
function shiftPoint(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  return digits.padEnd(exponent + 1, '0');
}

const DECIMAL = /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The number that decimal text or a JSON number stands for; null for anything else, signs and infinities included. */
export function parseDecimal(value: unknown): number | null {
  if (typeof value === 'string') return DECIMAL.test(value) ? finite(Number(value)) : null;
  return typeof value === 'number' && value >= 0 ? finite(value) : null;
}

function finite(value: number): number | null {
  // Adding zero turns the negative zero that JSON can carry into zero.
  return Number.isFinite(value) ? value + 0 : null;
}
