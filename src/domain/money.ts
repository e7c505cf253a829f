/**
 * Exact decimals: prices and sizes as whole numbers of 10^-scale. Screening runs in f64; what is confirmed and shown is
 * computed here, so that a shown profit is the exact sum of its shown levels.
 */

/** The value `units × 10^-scale`; `scale` is a whole number of at least 0. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const ZERO: Decimal = { units: 0n, scale: 0 };

const POWERS: bigint[] = [1n];

function powerOfTen(exponent: number): bigint {
  for (let next = POWERS.length; next <= exponent; next += 1) {
    POWERS.push((POWERS[next - 1] ?? 1n) * 10n);
  }
  return POWERS[exponent] ?? 10n ** BigInt(exponent);
}

/**
 * The exact decimal of a number (its shortest form that reads back as the same f64) or of a decimal string.
 *
 * @throws {RangeError} when `value` is not finite or not a decimal number.
 */
export function toDecimal(value: number | string): Decimal {
  return (typeof value === 'number' ? toShortDecimal(value) : null) ?? parseDecimal(String(value));
}

/** The powers of ten that are exact doubles; read, since `**` may be off in the last place. */
const FACTORS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Most decimal places of a short decimal that is looked for. */
const MAX_SHORT_SCALE = 15;
/** Up to 15 digits, different decimals are different doubles (IEEE 754). */
const MAX_SHORT_UNITS = 1e15;

/**
 * The decimal of a number that has one of at most 15 digits, as prices and sizes do: `units / 10^scale` is then rounded
 * once, so that it equals the number only when its shortest form is that decimal. Null for any other number.
 */
function toShortDecimal(value: number): Decimal | null {
  for (let scale = 0; scale <= MAX_SHORT_SCALE; scale += 1) {
    const factor = FACTORS[scale] ?? 1;
    const units = Math.round(value * factor);
    if (!(Math.abs(units) < MAX_SHORT_UNITS)) return null;
    if (units / factor === value) return { units: BigInt(units), scale };
  }
  return null;
}

function parseDecimal(value: string): Decimal {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(value.trim());
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (match === null || whole + fraction === '') {
    throw new RangeError(`expected a finite decimal number, got ${JSON.stringify(value)}`);
  }
  const digits = BigInt(`${match[1] === '-' ? '-' : ''}${whole}${fraction}`);
  const scale = fraction.length - Number(match[4] ?? 0);
  return scale >= 0 ? { units: digits, scale } : { units: digits * powerOfTen(-scale), scale: 0 };
}

export function add(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return { units: a.units + b.units, scale: a.scale };
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return { units: a.units - b.units, scale: a.scale };
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) - unitsAt(b, scale), scale };
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** The quotient rounded towards zero at `scale` decimal places. @throws {RangeError} when `b` is zero. */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal {
  if (b.units === 0n) throw new RangeError('expected a divisor other than zero');
  const shift = scale + b.scale - a.scale;
  const numerator = shift >= 0 ? a.units * powerOfTen(shift) : a.units;
  const denominator = shift >= 0 ? b.units : b.units * powerOfTen(-shift);
  return { units: numerator / denominator, scale };
}

/** The quotient of two values of at least zero, rounded up at `scale` decimal places. @throws {RangeError} when `b` is zero. */
export function divideUp(a: Decimal, b: Decimal, scale: number): Decimal {
  const floored = divide(a, b, scale);
  const isExact = compare(multiply(floored, b), a) === 0;
  return isExact ? floored : { units: floored.units + 1n, scale };
}

export function negate({ units, scale }: Decimal): Decimal {
  return { units: -units, scale };
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compare(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const difference = unitsAt(a, scale) - unitsAt(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function minimum(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) <= 0 ? a : b;
}

/** The nearest multiple of `step` that is at most `value`; both at least zero, `step` above zero. */
export function floorToStep(value: Decimal, step: Decimal): Decimal {
  const scale = Math.max(value.scale, step.scale);
  const stepUnits = unitsAt(step, scale);
  return { units: (unitsAt(value, scale) / stepUnits) * stepUnits, scale };
}

/** The nearest multiple of `step` that is at least `value`; both at least zero, `step` above zero. */
export function ceilToStep(value: Decimal, step: Decimal): Decimal {
  const floored = floorToStep(value, step);
  return compare(floored, value) < 0 ? add(floored, step) : floored;
}

/** The smallest value above zero that is a multiple of both; both above zero. `0.3` and `0.2` give `0.6`. */
export function leastCommonMultiple(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const [first, second] = [unitsAt(a, scale), unitsAt(b, scale)];
  return { units: (first / greatestCommonDivisor(first, second)) * second, scale };
}

/** The same value in as few places as possible, without exponent: `1.50` → `1.5`, `0.0000001` → `0.0000001`. */
export function toDecimalString(value: Decimal | number): string {
  const { units, scale } = typeof value === 'number' ? toDecimal(value) : value;
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - scale);
  return scale === 0 || fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** Whole numbers up to here are exact doubles, and so are `FACTORS`: one division of them rounds once (Clinger 1990). */
const MAX_EXACT_UNITS = 2n ** 53n;

/** The nearest f64. */
export function toNumber(value: Decimal): number {
  const { units, scale } = value;
  const factor = FACTORS[scale];
  const isExact = units <= MAX_EXACT_UNITS && units >= -MAX_EXACT_UNITS;
  if (isExact && factor !== undefined) return Number(units) / factor;
  return Number(toDecimalString(value));
}

/** Basis points as a decimal ratio: 25 → 0.0025. */
export function bpsToRatio(bps: number): Decimal {
  const { units, scale } = toDecimal(bps);
  return { units, scale: scale + 4 };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [greater, smaller] = [a, b];
  while (smaller !== 0n) [greater, smaller] = [smaller, greater % smaller];
  return greater;
}

function unitsAt(value: Decimal, scale: number): bigint {
  if (scale === value.scale) return value.units;
  return value.units * powerOfTen(scale - value.scale);
}
