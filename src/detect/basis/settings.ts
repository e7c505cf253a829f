/** What a user decides about funding and basis. */

export interface BasisSettings {
  /** Value of the long leg that is priced, quote units, above 0. */
  readonly notionalInQuote: number;
  /** How long a position against a perpetual is held, days, above 0; a dated contract is held to its expiry. */
  readonly horizonDays: number;
  /** Oldest funding that is used, milliseconds; Infinity: any. */
  readonly maxFundingAgeMs: number;
  /** Furthest an exchange's time may be ahead of ours, milliseconds; Infinity: any. */
  readonly maxFutureMs: number;
  /** Furthest the data of two legs may lie apart in time, milliseconds; Infinity: any. */
  readonly maxSkewMs: number;
}

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/**
 * Day count of everything annualised: actual days over 365, without compounding ("ACT/365 Fixed", ISDA definitions
 * 2006, section 4.16 (d)).
 */
export const DAY_COUNT = 'ACT/365';
export const DAYS_PER_YEAR = 365;
export const HOURS_PER_YEAR = 24 * DAYS_PER_YEAR;
