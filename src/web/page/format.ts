/** Numbers and times as people read them. The exact value always stands in the element's title. */

const MINUS = '\u2212';
const THIN_SPACE = '\u202f';

/** Making one takes a hundred times as long as using it. */
const GROUPED = new Intl.NumberFormat('en');
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const MONEY = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const SMALL_MONEY = new Intl.NumberFormat('en', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 4,
});
const TINY_MONEY = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });
const significant = new Map<number, Intl.NumberFormat>();

/** `0.4 s`, `12 s`, `3 m 05 s`, `2 h 14 m`. @param ms - negative counts as zero. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)}${THIN_SPACE}s`;
  if (seconds < 60) return `${Math.floor(seconds)}${THIN_SPACE}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return joinUnits(minutes, 'm', Math.floor(seconds % 60), 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return joinUnits(hours, 'h', minutes % 60, 'm');
  return joinUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const padded = String(small).padStart(2, '0');
  return `${large}${THIN_SPACE}${largeUnit} ${padded}${THIN_SPACE}${smallUnit}`;
}

/** `18 µs`, `3.21 ms`, `1.25 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1_000)}${THIN_SPACE}µs`;
  if (ms < 1_000) return `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)}${THIN_SPACE}ms`;
  return `${(ms / 1_000).toFixed(2)}${THIN_SPACE}s`;
}

/** Signed basis points: `+12.4`, `−3.0`. */
export function formatBps(bps: number): string {
  const sign = bps < 0 ? MINUS : '+';
  const size = Math.abs(bps);
  return sign + size.toFixed(size < 100 ? 1 : 0);
}

/** An exact decimal cut to `digits` significant digits and grouped: `64,123.5`, `0.00012346`. */
export function formatDecimal(decimal: string, digits = 6): string {
  const known = significant.get(digits);
  const format = known ?? new Intl.NumberFormat('en', { maximumSignificantDigits: digits });
  if (known === undefined) significant.set(digits, format);
  return format.format(Number(decimal)).replace('-', MINUS);
}

/** Money of any size: two decimals at least, two significant digits at least: `0.000084`, `0.4312`, `1,204.55`. */
export function formatMoney(decimal: string): string {
  const value = Number(decimal);
  return formatOf(Math.abs(value)).format(value).replace('-', MINUS);
}

function formatOf(size: number): Intl.NumberFormat {
  if (size >= 1 || size === 0) return MONEY;
  return size < 0.001 ? TINY_MONEY : SMALL_MONEY;
}

/** `1,204`, `34.5k`, `1.2M`. */
export function formatCount(count: number): string {
  if (count < 10_000) return GROUPED.format(count);
  return COMPACT.format(count).replace('K', 'k');
}

/** Time of day, `14:03:27`. */
export function formatTime(epochMs: number): string {
  return new Date(epochMs).toLocaleTimeString('en-GB');
}

/** `edge_below_threshold` → `edge below threshold`. */
export function formatCode(code: string): string {
  return code.replaceAll('_', ' ');
}

/** The generated exchanges' common prefix is left out: the banner says it for all of them. */
export function formatExchange(exchange: string): string {
  return exchange.replace(/^synthetic-/, '');
}
