/**
 * Asks for the funding of an exchange's perpetuals, again and again: it changes slowly, so a request a minute does where
 * prices need a stream. A failure leaves what is known, which then grows too old.
 */

import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Clock } from '../../../domain/clock.ts';
import type { Funding } from '../../../domain/funding.ts';
import type { CcxtExchange, CcxtFundingRate, FundingBySymbol } from './ccxt-types.ts';
import { callExchange, type ExchangeCaller } from './exchange-call.ts';
import type { CcxtTimes } from './options.ts';
import { toFunding, toIntervalMs } from './to-funding.ts';
import type { LoadedMarket } from './to-market.ts';

export interface FundingFollowing {
  readonly exchange: CcxtExchange;
  readonly caller: ExchangeCaller;
  readonly times: CcxtTimes;
  readonly clock: Clock;
  readonly sink: (funding: Funding) => void;
  readonly onFailure: (error: unknown) => void;
}

/** After a payment the next rate is asked for so soon, milliseconds. */
const AFTER_PAYMENT_MS = 1_000;

/** Resolves once `signal` aborts, or at once when there is no perpetual or the exchange says no funding. */
export async function followFunding(
  following: FundingFollowing,
  markets: readonly LoadedMarket[],
  signal: AbortSignal,
): Promise<void> {
  const perpetuals = markets.filter(({ market }) => market.contract?.kind === 'perpetual');
  const { has } = following.exchange;
  if (perpetuals.length === 0 || !(has.fetchFundingRates === true || has.fetchFundingRate === true))
    return;
  const groups = [...Map.groupBy(perpetuals, ({ group }) => group).values()];
  const intervals = new Map<string, number>();
  while (!signal.aborted) {
    let nextPaymentMs = Number.POSITIVE_INFINITY;
    for (const group of groups) {
      try {
        const symbols = group.map(({ market }) => market.symbol);
        const fundings = await askForGroup(following, symbols, intervals, signal);
        for (const funding of fundings) following.sink(funding);
        nextPaymentMs = Math.min(nextPaymentMs, ...fundings.map(paymentOf));
      } catch (error) {
        if (signal.aborted) return;
        following.onFailure(error);
      }
    }
    await pause(following, nextPaymentMs, signal);
  }
}

function paymentOf({ nextFundingAtMs }: Funding): number {
  return nextFundingAtMs ?? Number.POSITIVE_INFINITY;
}

/** Until it is time to ask again, or a rate has been paid and says nothing any more. */
async function pause(
  { clock, times }: FundingFollowing,
  nextPaymentMs: number,
  signal: AbortSignal,
): Promise<void> {
  const untilPaidMs = Math.max(0, nextPaymentMs - clock.nowMs()) + AFTER_PAYMENT_MS;
  const waitMs = Math.min(times.fundingRefreshMs, untilPaidMs);
  await clock.sleep(waitMs, signal).catch(() => undefined);
}

async function askForGroup(
  following: FundingFollowing,
  symbols: readonly string[],
  intervals: Map<string, number>,
  signal: AbortSignal,
): Promise<readonly Funding[]> {
  const rates = await askForRates(following, symbols, signal);
  const isUnknown = (symbol: string): boolean => {
    const rate = rates[symbol];
    return rate !== undefined && toIntervalMs(rate) === null && !intervals.has(symbol);
  };
  const unknown = symbols.filter(isUnknown);
  if (unknown.length > 0) await learnIntervals(following, unknown, intervals, signal);
  const receivedAtMs = following.clock.nowMs();
  const { id: exchange } = following.exchange;
  return symbols.flatMap((symbol) => {
    const knownIntervalMs = intervals.get(symbol) ?? null;
    const options = { exchange, symbol, knownIntervalMs, receivedAtMs };
    return toFunding(rates[symbol] ?? {}, options) ?? [];
  });
}

function askForRates(
  following: FundingFollowing,
  symbols: readonly string[],
  signal: AbortSignal,
): Promise<FundingBySymbol> {
  const { exchange } = following;
  if (exchange.has.fetchFundingRates === true) {
    const invoke = () => exchange.fetchFundingRates(symbols);
    return call(following, 'fetchFundingRates', symbols, invoke, signal);
  }
  return askEach(following, 'fetchFundingRate', symbols, signal);
}

/** An exchange that does not say its intervals leaves them unknown. */
async function learnIntervals(
  following: FundingFollowing,
  symbols: readonly string[],
  intervals: Map<string, number>,
  signal: AbortSignal,
): Promise<void> {
  const { exchange } = following;
  const { fetchFundingIntervals, fetchFundingInterval } = exchange.has;
  if (fetchFundingIntervals !== true && fetchFundingInterval !== true) return;
  const found =
    fetchFundingIntervals === true
      ? await call(
          following,
          'fetchFundingIntervals',
          symbols,
          () => exchange.fetchFundingIntervals(symbols),
          signal,
        )
      : await askEach(following, 'fetchFundingInterval', symbols, signal);
  for (const symbol of symbols) {
    const intervalMs = toIntervalMs(found[symbol] ?? {});
    if (intervalMs !== null) intervals.set(symbol, intervalMs);
  }
}

async function askEach(
  following: FundingFollowing,
  method: 'fetchFundingRate' | 'fetchFundingInterval',
  symbols: readonly string[],
  signal: AbortSignal,
): Promise<FundingBySymbol> {
  const found: Record<string, CcxtFundingRate> = {};
  for (const symbol of symbols) {
    const invoke = () => following.exchange[method](symbol);
    found[symbol] = await call(following, method, [symbol], invoke, signal);
  }
  return found;
}

function call<Result>(
  { caller, times }: FundingFollowing,
  operation: string,
  symbols: readonly string[],
  invoke: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const [symbol] = symbols;
  const of = symbols.length === 1 && symbol !== undefined ? { symbol } : {};
  return callExchange(caller, {
    ...{ operation, ...of, symbolsCount: symbols.length },
    ...{ timeoutMs: times.callTimeoutMs, signal, parent: ROOT_CONTEXT, invoke },
  });
}
