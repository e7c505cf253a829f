/**
 * Consistent probability sampling by thresholds: OpenTelemetry specification, "TraceState: probability sampling"
 * (OTEP 235). A trace has 56 bits of randomness R and a sampler a rejection threshold T = (1 - p) * 2^56; the trace is
 * kept when R >= T, so that whoever samples less keeps a subset of what others keep. Both are held as 14 lower-case
 * hexadecimal digits, whose order as text is their order as numbers: no BigInt is needed.
 */

const DIGITS = 14;

/** Of these the ones that make `high`. */
const HIGH_DIGITS = 6;

/** Digits of precision beside those that a small probability uses up: the specification's recommendation. */
const PRECISION_DIGITS = 4;

/** With 13 digits a threshold is below 2^52 and exact in a double. */
const MAX_WRITTEN_DIGITS = 13;

const TWO_28 = 2 ** 28;

/** One threshold in all its forms. */
export interface Threshold {
  /** 14 hexadecimal digits, to compare with randomness. */
  readonly padded: string;
  /** The same as numbers: the upper 24 and the lower 32 bits. */
  readonly high: number;
  readonly low: number;
  /** The value of `th`: trailing zeros cut, `0` for everything. */
  readonly text: string;
  /** Above 0, at most 1; exactly what the digits say. */
  readonly probability: number;
  /** How many traces one that is kept stands for: 1 / probability. */
  readonly adjustedCount: number;
}

/** Keeps everything. */
export const ALWAYS_THRESHOLD: Threshold = {
  padded: '0'.repeat(DIGITS),
  high: 0,
  low: 0,
  text: '0',
  probability: 1,
  adjustedCount: 1,
};

/**
 * The threshold for a probability, rounded to the digits that are written; above 1 counts as 1. Null for 0 and
 * anything that is not above it. The smallest probability is 2^-52.
 */
export function toThreshold(probability: number): Threshold | null {
  if (!(probability > 0)) return null;
  if (probability >= 1) return ALWAYS_THRESHOLD;
  const leadingBits = -(Math.floor(Math.log2(probability)) + 1);
  const digits = Math.min(MAX_WRITTEN_DIGITS, PRECISION_DIGITS + Math.ceil(leadingBits / 4));
  const scale = 16 ** digits;
  const keptCount = Math.max(1, Math.round(probability * scale));
  if (keptCount === scale) return ALWAYS_THRESHOLD;
  const written = (scale - keptCount).toString(16).padStart(digits, '0');
  return {
    ...toPadded(written),
    text: written.replace(/0+$/, ''),
    probability: keptCount / scale,
    adjustedCount: scale / keptCount,
  };
}

/** Reads the value of `th`; null when it is not 1 to 14 lower-case hexadecimal digits. */
export function parseThreshold(text: string): Threshold | null {
  if (!/^[0-9a-f]{1,14}$/.test(text)) return null;
  const padded = text.padEnd(DIGITS, '0');
  if (padded === ALWAYS_THRESHOLD.padded) return ALWAYS_THRESHOLD;
  const upper = Number.parseInt(padded.slice(0, 7), 16);
  const lower = Number.parseInt(padded.slice(7), 16);
  const probability = ((TWO_28 - upper) * TWO_28 - lower) / (TWO_28 * TWO_28);
  const written = padded.replace(/0+$/, '');
  return { ...toPadded(text), text: written, probability, adjustedCount: 1 / probability };
}

function toPadded(digits: string): Pick<Threshold, 'padded' | 'high' | 'low'> {
  const padded = digits.padEnd(DIGITS, '0');
  const high = Number.parseInt(padded.slice(0, HIGH_DIGITS), 16);
  return { padded, high, low: Number.parseInt(padded.slice(HIGH_DIGITS), 16) };
}

/** The 56 bits of a trace id that level 2 of trace context wants random: its last 14 digits. */
export function randomnessOfTraceId(traceId: string): string {
  return traceId.slice(-DIGITS);
}

/** True when a trace with this randomness is kept. */
export function isKept(threshold: Threshold, randomness: string): boolean {
  return randomness >= threshold.padded;
}

/** `isKept`, of randomness in two numbers: its upper 24 and its lower 32 bits. */
export function isKeptByBits(threshold: Threshold, high: number, low: number): boolean {
  return high > threshold.high || (high === threshold.high && low >= threshold.low);
}

/** The one that keeps less. */
export function higherThreshold(a: Threshold, b: Threshold): Threshold {
  return a.padded >= b.padded ? a : b;
}

/** The one that keeps more; null keeps nothing. */
export function lowerThreshold(a: Threshold | null, b: Threshold | null): Threshold | null {
  if (a === null || b === null) return a ?? b;
  return a.padded <= b.padded ? a : b;
}
