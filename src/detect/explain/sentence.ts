/** A reason in one sentence for people; programs read the reason itself. */

import { toBps } from './bps-text.ts';
import type { Reason } from './reasons.ts';
import { isTransferReason, toTransferSentence } from './transfer-sentence.ts';

/** Without a full stop; names the exchange where there is one. */
export function toSentence(reason: Reason, kind: 'pair' | 'cycle' = 'pair'): string {
  switch (reason.code) {
    case 'market_suspended':
      return `trading is suspended on ${reason.exchange}`;
    case 'exchange_down':
      return `${reason.exchange} is down: ${toWords(reason.faultCode)}`;
    case 'no_quote':
      return `no quote from ${reason.exchange} yet`;
    case 'sequence_gap':
      return `updates missing from ${reason.exchange}, waiting for a whole book`;
    case 'book_one_sided':
      return `nobody ${toMissing(reason.missing)} on ${reason.exchange}`;
    case 'book_crossed':
      return `bid ${toBps(reason.overlapBps)} bps above the ask on ${reason.exchange} itself`;
    case 'book_locked':
      return `bid equals ask on ${reason.exchange}`;
    case 'quote_stale':
      return `book ${toDuration(reason.ageMs - reason.maxAgeMs)} too old on ${reason.exchange}`;
    case 'quote_from_future':
      return `time ${toDuration(reason.aheadMs)} ahead of ours on ${reason.exchange}`;
    case 'price_out_of_band':
      return `price ${toBps(reason.distanceBps)} bps from the median on ${reason.exchange}`;
    case 'fewer_than_two_exchanges':
      return reason.exchanges.length === 0
        ? 'on no exchange that is watched'
        : `on ${reason.exchanges.join(', ')} alone`;
    case 'contract':
      return 'a contract is judged by what it carries, not by its spread';
    case 'over_capacity':
      return 'more symbols than MAX_SYMBOLS allows';
    default:
      return isTransferReason(reason) ? toTransferSentence(reason) : toPairSentence(reason, kind);
  }
}

const NO_GROSS = {
  pair: 'the bid is not above the ask',
  cycle: 'a round brings back no more than it takes, before fees',
} as const;

type PairSentenceReason = Extract<
  Reason,
  {
    code:
      | 'legs_skewed'
      | 'no_gross_spread'
      | 'edge_short'
      | 'depth_unknown'
      | 'book_invalid'
      | 'edge_short_at_depth'
      | 'below_minimum'
      | 'leg_below_minimum';
  }
>;

function toPairSentence(reason: PairSentenceReason, kind: 'pair' | 'cycle'): string {
  switch (reason.code) {
    case 'legs_skewed':
      return `legs ${toDuration(reason.skewMs - reason.maxSkewMs)} too far apart in time`;
    case 'no_gross_spread':
      return `${toBps(reason.missingBps)} bps short; ${NO_GROSS[kind]}`;
    case 'edge_short':
      return `${toBps(reason.missingBps)} bps short; ${toFeeClause(reason.takerBpsAtWhichItOpens)}`;
    case 'edge_short_at_depth':
      return `${toBps(reason.missingBps)} bps short at depth; ${toFeeClause(reason.takerBpsAtWhichItOpens)}`;
    case 'depth_unknown':
      return `waiting for the book of ${reason.exchanges.join(' and ')}`;
    case 'book_invalid':
      return `levels out of order in the book of ${reason.exchanges.join(' or ')}`;
    case 'leg_below_minimum':
      return `what goes round is under a lot or a least order of ${reason.legs.map(({ symbol, exchange }) => `${symbol} on ${exchange}`).join(', ')}`;
    case 'below_minimum':
      return `size under the least order${toMinimum(reason.minSizeInBase, reason.minCostInQuote)}`;
    default:
      return unreachable(reason);
  }
}

function toFeeClause(takerBps: number | null): string {
  if (takerBps === null) return 'without any fee it would still not open';
  return `with a taker fee under ${toBps(takerBps)} bps it opens`;
}

function toMinimum(size: string | null, cost: string | null): string {
  const parts = [
    ...(size === null ? [] : [`${size} base units`]),
    ...(cost === null ? [] : [`${cost} quote units`]),
  ];
  return parts.length === 0 ? '' : ` of ${parts.join(' and ')}`;
}

function toMissing(missing: 'bid' | 'ask' | 'both'): string {
  if (missing === 'both') return 'bids or asks';
  return missing === 'bid' ? 'bids' : 'asks';
}

function toDuration(ms: number): string {
  return ms < 1_000 ? `${Math.ceil(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function toWords(code: string): string {
  return code.replace(/^exchange_/, '').replaceAll('_', ' ');
}

function unreachable(reason: never): never {
  throw new Error(`BUG: reason ${JSON.stringify(reason)} has no sentence`);
}
