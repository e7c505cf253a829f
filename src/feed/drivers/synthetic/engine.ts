/** The synthetic market itself, in steps of fixed length: same seed, same updates, whatever the clock does. */

import type { Book } from '../../../domain/book.ts';
import type { Funding } from '../../../domain/funding.ts';
import type { Quote } from '../../../domain/quote.ts';
import { FUNDING_EVERY_MS, fundingAt, planWithContracts, premiumRatioAt } from './contracts.ts';
import { createDepth, fromSteps, type Top } from './depth.ts';
import { createDislocations } from './dislocations.ts';
import type { MarketPlan, SyntheticShape } from './market-plan.ts';
import { createPrices } from './prices.ts';
import { createRandom, type Random } from './random.ts';

/** Length of a step, milliseconds. */
export const STEP_MS = 10;

export type SyntheticUpdate =
  | { readonly type: 'quote'; readonly quote: Quote }
  | { readonly type: 'book'; readonly book: Book };

export interface SyntheticEngine {
  readonly plans: readonly MarketPlan[];
  /** Steps done. Before the first, nothing has a price. */
  readonly stepsCount: number;
  /** Does one step; the first gives an update of every market, later ones at most one each. */
  step(receivedAtMs: number): readonly SyntheticUpdate[];
  /** Funding of the perpetuals at the last step, when it is told anew in that step; none otherwise. */
  funding(receivedAtMs: number): readonly Funding[];
  /** The whole book behind the last update of the market at this place of `plans`; null before the first step. */
  bookAt(market: number, receivedAtMs: number): Book | null;
}

/** Deviation of an exchange's own offset, basis points, and the time in which it is forgotten, milliseconds. */
const OFFSET_DEVIATION_BPS = 0.7;
const OFFSET_MEMORY_MS = 5_000;

const UPDATE_STREAM = 7;

interface MarketState {
  /** The common price as this exchange has followed it so far. */
  followedPrice: number;
  offsetBps: number;
  timeMs: number;
  top: Top | null;
}

export function createSyntheticEngine(shape: SyntheticShape): SyntheticEngine {
  const plans = planWithContracts(shape);
  const states = plans.map(
    (): MarketState => ({ followedPrice: 0, offsetBps: 0, timeMs: 0, top: null }),
  );
  const random = createRandom(shape.seed, UPDATE_STREAM);
  const prices = createPrices(shape.seed);
  const dislocations = createDislocations(shape.seed, plans.length);
  const schedule = createSchedule(plans.length, shape.updatesPerSecond, random);
  let stepsCount = 0;

  const updateAt = (market: number, timeMs: number, receivedAtMs: number): SyntheticUpdate => {
    const plan = at(plans, market);
    const state = at(states, market);
    const spotPrice = prices.priceOf(plan.symbol.base, plan.symbol.quote, timeMs);
    follow(state, plan, spotPrice * contractRatio(plan, receivedAtMs), timeMs, random);
    state.top = createTop(state, plan, dislocations.shiftBpsOf(market), random);
    const sentAtMs = receivedAtMs - plan.exchange.latencyMs - random.below(STEP_MS);
    if (!plan.exchange.sendsBooks) {
      return { type: 'quote', quote: toQuote(plan, state.top, sentAtMs, receivedAtMs) };
    }
    return { type: 'book', book: toBook(market, sentAtMs, receivedAtMs, state.top) };
  };

  const contractRatio = ({ contract }: MarketPlan, nowMs: number): number =>
    contract === undefined
      ? 1
      : 1 + premiumRatioAt(contract, shape.contracts?.fromMs ?? nowMs, nowMs);

  const toBook = (market: number, exchangeTimeMs: number, receivedAtMs: number, top: Top): Book => {
    const plan = at(plans, market);
    const { exchange, symbol } = plan.market;
    const { bids, asks } = createDepth(plan, top, shape.seed, market);
    return { exchange, symbol, bids, asks, exchangeTimeMs, receivedAtMs };
  };

  return {
    plans,
    get stepsCount() {
      return stepsCount;
    },
    step: (receivedAtMs) => {
      const timeMs = stepsCount * STEP_MS;
      const moved = dislocations.advance(timeMs);
      const due = stepsCount === 0 ? plans.keys() : new Set([...moved, ...schedule.next()]);
      stepsCount += 1;
      return Array.from(due, (market) => updateAt(market, timeMs, receivedAtMs));
    },
    funding: (receivedAtMs) => {
      const timeMs = (stepsCount - 1) * STEP_MS;
      if (timeMs % FUNDING_EVERY_MS !== 0) return [];
      return plans.flatMap((plan, market) => {
        if (plan.contract === undefined) return [];
        const spotPrice = prices.priceOf(plan.symbol.base, plan.symbol.quote, timeMs);
        return fundingAt(plan, market, { seed: shape.seed, nowMs: receivedAtMs, spotPrice }) ?? [];
      });
    },
    bookAt: (market, receivedAtMs) => {
      const { top } = at(states, market);
      if (top === null) return null;
      const sentAtMs = receivedAtMs - at(plans, market).exchange.latencyMs;
      return toBook(market, sentAtMs, receivedAtMs, top);
    },
  };
}

/** Which markets change in a step: half of them in turn, so that none is forgotten, and half at random. */
function createSchedule(marketsCount: number, updatesPerSecond: number, random: Random) {
  let owed = 0;
  let doneCount = 0;
  const pick = (): number => {
    doneCount += 1;
    return doneCount % 2 === 0 ? (doneCount / 2) % marketsCount : random.below(marketsCount);
  };
  return {
    next: (): readonly number[] => {
      owed += (updatesPerSecond * STEP_MS) / 1000;
      const count = Math.floor(owed);
      owed -= count;
      // More would only choose markets twice.
      return Array.from({ length: Math.min(count, 2 * marketsCount) }, pick);
    },
  };
}

/** The exchange's price goes part of the way to the common one, and its own offset wanders. */
function follow(
  state: MarketState,
  { exchange }: MarketPlan,
  price: number,
  timeMs: number,
  random: Random,
): void {
  const elapsedMs = timeMs - state.timeMs;
  const followedRatio = state.top === null ? 1 : elapsedMs / (elapsedMs + exchange.lagMs);
  state.followedPrice += (price - state.followedPrice) * followedRatio;
  const forgottenRatio = state.top === null ? 1 : elapsedMs / (elapsedMs + OFFSET_MEMORY_MS);
  const kick =
    random.bell() * OFFSET_DEVIATION_BPS * Math.sqrt(forgottenRatio * (2 - forgottenRatio));
  state.offsetBps = state.offsetBps * (1 - forgottenRatio) + kick;
  state.timeMs = timeMs;
}

function createTop(state: MarketState, plan: MarketPlan, shiftBps: number, random: Random): Top {
  const middle = state.followedPrice * (1 + (state.offsetBps + shiftBps) / 10_000);
  const stepsPerUnit = 10 ** plan.priceDecimals;
  const halfSpread = plan.halfSpreadBps * random.between(0.7, 1.3);
  const bidSteps = Math.floor(middle * (1 - halfSpread / 10_000) * stepsPerUnit);
  const askSteps = Math.ceil(middle * (1 + halfSpread / 10_000) * stepsPerUnit);
  return {
    bidSteps: Math.max(1, bidSteps),
    askSteps: Math.max(2, askSteps),
    bidSizeSteps: sizeStepsOf(plan, random),
    askSizeSteps: sizeStepsOf(plan, random),
    revision: (state.top?.revision ?? 0) + 1,
  };
}

function sizeStepsOf(plan: MarketPlan, random: Random): number {
  const sizeInBase = plan.usualSizeInBase * random.between(0.3, 1.7);
  return Math.max(1, Math.round(sizeInBase * 10 ** plan.sizeDecimals));
}

function toQuote(plan: MarketPlan, top: Top, exchangeTimeMs: number, receivedAtMs: number): Quote {
  const { exchange, symbol } = plan.market;
  return {
    exchange,
    symbol,
    bid: fromSteps(top.bidSteps, plan.priceDecimals),
    bidSize: fromSteps(top.bidSizeSteps, plan.sizeDecimals),
    ask: fromSteps(top.askSteps, plan.priceDecimals),
    askSize: fromSteps(top.askSizeSteps, plan.sizeDecimals),
    exchangeTimeMs,
    receivedAtMs,
  };
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error(`BUG: no market at place ${index}`);
  return item;
}
