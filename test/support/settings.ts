import type { DetectionSettings } from '../../src/detect/settings.ts';

/** No costs, no limits: any profit is an opportunity. */
export const ANY_PROFIT: DetectionSettings = {
  openEdgeBps: 0,
  closeEdgeBps: 0,
  maxNotionalInQuote: Number.POSITIVE_INFINITY,
  maxSizeInBase: Number.POSITIVE_INFINITY,
  maxAgeMs: Number.POSITIVE_INFINITY,
  maxFutureMs: Number.POSITIVE_INFINITY,
  maxSkewMs: Number.POSITIVE_INFINITY,
  priceBandBps: Number.POSITIVE_INFINITY,
  takerBps: null,
};
