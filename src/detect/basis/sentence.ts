/** Why a pair carries nothing, in one sentence for people; programs read the reason itself. */

import type { BasisReason } from './reasons.ts';
import { DAY_MS } from './settings.ts';

/** Without a full stop. */
export function toBasisSentence(reason: BasisReason): string {
  switch (reason.code) {
    case 'market_unusable':
      return `${placeOf(reason)} is not used: ${reason.guard.replaceAll('_', ' ')}`;
    case 'contract_expired':
      return `${placeOf(reason)} expired ${toDuration(reason.expiredForMs)} ago`;
    case 'expiry_unknown':
      return `no expiry is known of ${placeOf(reason)}`;
    case 'funding_unknown':
      return `no funding rate of ${placeOf(reason)} yet`;
    case 'funding_interval_unknown':
      return `the funding interval of ${placeOf(reason)} is not known`;
    case 'funding_stale':
      return `funding ${toDuration(reason.ageMs - reason.maxFundingAgeMs)} too old of ${placeOf(reason)}`;
    case 'funding_from_future':
      return `funding ${toDuration(reason.aheadMs)} ahead of our time of ${placeOf(reason)}`;
    case 'funding_passed':
      return `the funding of ${placeOf(reason)} was paid ${toDuration(reason.passedForMs)} ago, the next rate has not come`;
    case 'legs_skewed':
      return `legs ${toDuration(reason.skewMs - reason.maxSkewMs)} too far apart in time`;
    case 'carry_not_positive':
      return `nothing to earn: ${toPercent(reason.annualisedGrossRatio)} % a year before costs`;
    case 'costs_not_covered':
      return toUncovered(reason);
    case 'depth_unknown':
      return `of the ${reason.side} of ${placeOf(reason)} only the best is known, which is less than the size`;
    case 'book_too_thin':
      return `the ${reason.side} of ${placeOf(reason)} hold less than the size`;
    case 'size_not_allowed':
      return `the size is outside the limits of ${placeOf(reason)}`;
    default:
      return unreachable(reason);
  }
}

type Uncovered = Extract<BasisReason, { code: 'costs_not_covered' }>;

function toUncovered({ missingBps, breakEvenDays, daysHeld }: Uncovered): string {
  const held = daysHeld.toFixed(1);
  const short = `${missingBps.toFixed(1)} bps short after ${held} days`;
  return breakEvenDays === null
    ? short
    : `${short}; it breaks even after ${breakEvenDays.toFixed(1)}`;
}

function placeOf({ exchange, symbol }: { readonly exchange: string; readonly symbol: string }) {
  return `${symbol} on ${exchange}`;
}

function toPercent(ratio: number): string {
  return (ratio * 100).toFixed(2);
}

function toDuration(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)} ms`;
  return ms < DAY_MS ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / DAY_MS).toFixed(1)} days`;
}

function unreachable(reason: never): never {
  throw new Error(`BUG: reason ${JSON.stringify(reason)} has no sentence`);
}
