/** Rates of the reference cycle kernel: stores offers and judges which one is the best of each conversion. */

import { at } from '../at.ts';
import { CYCLE_WORK } from './cycle-core.ts';
import { fromAsset, RATE_LIMIT } from './cycle-graph.ts';
import type { Conversion, CycleGraph, RateBatch, RateWindow } from './cycle-kernel.ts';

/** Offers by conversion × exchangesCount + exchange, times by pair × exchangesCount + exchange. */
export interface ReferenceRates {
  /** 0 where nothing is offered. */
  readonly offer: Float64Array;
  readonly timeMs: Float64Array;
  /** Best offer by conversion. */
  readonly rate: Float64Array;
  /** Exchange of the best offer by conversion; −1 without one. */
  readonly exchangeIndex: Int32Array;
  /** 1 per pair whose best offer changed since the last dirty screening. */
  readonly isDirty: Uint8Array;
}

export function createReferenceRates(graph: CycleGraph, batch: RateBatch, work: Float64Array) {
  const { exchangesCount } = graph;
  const pairsCount = graph.pairs.length;
  const state: ReferenceRates = {
    offer: new Float64Array(pairsCount * 2 * exchangesCount),
    timeMs: new Float64Array(pairsCount * exchangesCount),
    rate: new Float64Array(pairsCount * 2),
    exchangeIndex: new Int32Array(pairsCount * 2).fill(-1),
    isDirty: new Uint8Array(pairsCount),
  };

  const judge = (pair: number, window: RateWindow): void => {
    for (const conversion of [pair * 2, pair * 2 + 1]) {
      const best = findBest(state, graph, conversion, window);
      const isSame =
        best.rate === at(state.rate, conversion) &&
        best.exchangeIndex === at(state.exchangeIndex, conversion);
      if (!isSame) state.isDirty[pair] = 1;
      state.rate[conversion] = best.rate;
      state.exchangeIndex[conversion] = best.exchangeIndex;
    }
    add(work, CYCLE_WORK.pairsJudged, 1);
  };

  const applyRow = (row: number, window: RateWindow): void => {
    const pair = at(batch.pairIndex, row);
    const exchange = at(batch.exchangeIndex, row);
    const timeMs = at(batch.timeMs, row);
    const rates = [at(batch.forwardRate, row), at(batch.backwardRate, row)];
    const isTimed = Number.isFinite(timeMs);
    for (const [side, rate] of rates.entries()) {
      const isOffered = isTimed && isRate(rate);
      state.offer[(pair * 2 + side) * exchangesCount + exchange] = isOffered ? rate : 0;
    }
    state.timeMs[pair * exchangesCount + exchange] = isTimed ? timeMs : 0;
    if (!isTimed || !rates.every((rate) => rate === 0 || isRate(rate)))
      add(work, CYCLE_WORK.ratesInvalid, 1);
    judge(pair, window);
  };

  const operations = {
    applyRates: (count: number, window: RateWindow): number => {
      for (let row = 0; row < count; row += 1) {
        if (at(batch.pairIndex, row) >= pairsCount) return row;
        if (at(batch.exchangeIndex, row) >= exchangesCount) return row;
      }
      for (let row = 0; row < count; row += 1) applyRow(row, window);
      add(work, CYCLE_WORK.ratesApplied, count);
      return -1;
    },
    judgeAll: (window: RateWindow): void => {
      for (let pair = 0; pair < pairsCount; pair += 1) judge(pair, window);
    },
    clearExchange: (exchangeIndex: number, window: RateWindow): void => {
      for (let pair = 0; pair < pairsCount; pair += 1) {
        state.offer[pair * 2 * exchangesCount + exchangeIndex] = 0;
        state.offer[(pair * 2 + 1) * exchangesCount + exchangeIndex] = 0;
        judge(pair, window);
      }
    },
    readConversion: (conversion: number): Conversion => ({
      from: fromAsset(graph, conversion),
      to: fromAsset(graph, conversion ^ 1),
      rate: at(state.rate, conversion),
      exchangeIndex: at(state.exchangeIndex, conversion),
    }),
  };
  return { state, operations };
}

function findBest(
  state: ReferenceRates,
  { exchangesCount }: CycleGraph,
  conversion: number,
  { nowMs, maxAgeMs, maxFutureMs }: RateWindow,
) {
  let best = { rate: 0, exchangeIndex: -1 };
  for (let exchangeIndex = 0; exchangeIndex < exchangesCount; exchangeIndex += 1) {
    const rate = at(state.offer, conversion * exchangesCount + exchangeIndex);
    const ageMs = nowMs - at(state.timeMs, (conversion >> 1) * exchangesCount + exchangeIndex);
    if (ageMs > maxAgeMs || ageMs < -maxFutureMs) continue;
    if (rate > best.rate) best = { rate, exchangeIndex };
  }
  return best;
}

function isRate(rate: number): boolean {
  return rate >= 1 / RATE_LIMIT && rate <= RATE_LIMIT;
}

function add(work: Float64Array, counter: number, count: number): void {
  work[counter] = at(work, counter) + count;
}
