/** A market: one symbol on one exchange, with what trading it costs and allows. */

/** Where market data comes from; shown wherever the data is shown, so that nobody trades on a synthetic market. */
export type MarketDataSource = 'live' | 'recording' | 'synthetic';

/**
 * The asset in which a trading fee is taken, after ccxt's `feeSide`: `get` what the order receives (base when buying),
 * `give` what it gives (base when selling), `base` or `quote` always that one.
 */
export type FeeSide = 'get' | 'give' | 'base' | 'quote';

/**
 * What a futures contract is. Sizes and prices of its market are in base and quote units all the same: drivers turn
 * contracts into base units, those of an inverse contract at the price of each level.
 */
export interface ContractTerms {
  readonly kind: 'perpetual' | 'dated';
  /** `linear`: margined and settled in the quote asset. `inverse`: in the base asset. */
  readonly settlement: 'linear' | 'inverse';
  /** What one contract stands for, decimal string: base units when linear, quote units when inverse. */
  readonly contractSize: string;
  /** Smallest step of an order in contracts, decimal string; null when the exchange does not say. */
  readonly contractStep: string | null;
  /** When a dated contract is settled, milliseconds since the epoch; null for a perpetual, or when not known. */
  readonly expiryMs: number | null;
}

/** Which fee a leg pays. A maker's order rests until somebody takes it. */
export type FeeRole = 'taker' | 'maker';

/** One symbol on one exchange. */
export interface Market {
  readonly exchange: string;
  /** Unified form, `BASE/QUOTE` (spot) or `BASE/QUOTE:SETTLE` (derivatives), as in ccxt. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Fee of an order that takes liquidity, basis points of the amount traded. */
  readonly takerBps: number;
  /** Fee of an order that makes liquidity, basis points; negative is a rebate. */
  readonly makerBps: number;
  /** Where the fee is taken; absent: `quote`, which is ccxt's default. */
  readonly feeSide?: FeeSide;
  /** Which fee orders that buy and that sell pay; absent: the taker's. */
  readonly feeRoles?: { readonly buy: FeeRole; readonly sell: FeeRole };
  /** True when the exchange says no fee and a high one is assumed; absent when the fee is known. */
  readonly isFeeAssumed?: boolean;
  /** Smallest price increment in quote units, decimal string; null when the exchange does not say. */
  readonly priceStep: string | null;
  /** Smallest size increment in base units, decimal string; null when the exchange does not say. */
  readonly sizeStep: string | null;
  /** Least and most base units of one order, decimal strings; null when unlimited or unknown. */
  readonly minSizeInBase: string | null;
  readonly maxSizeInBase: string | null;
  /** Least cost of one order in quote units, decimal string; null when unlimited or unknown. */
  readonly minCostInQuote: string | null;
  /** Most cost of one order in quote units, decimal string; null or absent when unlimited or unknown. */
  readonly maxCostInQuote?: string | null;
  /** False when the exchange has suspended trading. */
  readonly isActive: boolean;
  /** Absent: a spot market. */
  readonly contract?: ContractTerms;
}

/** `BTC/USDT` → base and quote assets. @throws {RangeError} when `symbol` is not `BASE/QUOTE[:SETTLE]`. */
export function parseSymbol(symbol: string): { readonly base: string; readonly quote: string } {
  const match = /^([^/:\s]+)\/([^/:\s]+)(?::[^/:\s]+)?$/.exec(symbol);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw new RangeError(
      `symbol: expected BASE/QUOTE such as BTC/USDT, got ${JSON.stringify(symbol)}`,
    );
  }
  return { base: match[1], quote: match[2] };
}
