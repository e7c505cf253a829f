/** From the newest market state to a judged symbol over all its exchanges. Pure. */

import type { MarketDataSource } from '../../domain/market.ts';
import { depthOfMarket } from '../detector.ts';
import { judgeMarket, medianPriceOf } from '../guards.ts';
import type { MarketState } from '../market-state.ts';
import type { DetectionSettings } from '../settings.ts';
import { confirmMulti, type MultiConfirmation } from './confirm-multi.ts';

export interface MultiJudgement {
  readonly symbol: string;
  readonly confirmation: MultiConfirmation;
}

export interface MultiDetectorOptions {
  readonly state: Pick<MarketState, 'recordsOf'>;
  readonly settings: DetectionSettings;
  readonly source: MarketDataSource;
}

/** Markets that fail a guard, or whose depth is not known, take no part. */
export function judgeMulti(
  symbol: string,
  isOpen: boolean,
  nowMs: number,
  { state, settings, source }: MultiDetectorOptions,
): MultiJudgement {
  const records = state.recordsOf(symbol);
  const medianPrice = medianPriceOf(records, nowMs, settings);
  const sides = records.flatMap((record) => {
    if (judgeMarket(record, nowMs, settings, medianPrice) !== null) return [];
    const book = depthOfMarket(record, source);
    return book === null ? [] : { market: record.market, book };
  });
  const confirmAt = (minEdgeBps: number) => confirmMulti(sides, minEdgeBps, settings, nowMs);
  const opening = confirmAt(settings.openEdgeBps);
  const isLowered = isOpen && !opening.found && opening.reason === 'edge_below_threshold';
  return { symbol, confirmation: isLowered ? confirmAt(settings.closeEdgeBps) : opening };
}
