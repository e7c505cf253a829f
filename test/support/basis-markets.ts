/** Spot, perpetual and dated markets for tests of funding and basis. */

import type { BasisMarket } from '../../src/detect/basis/basis-market.ts';
import type { BasisSettings } from '../../src/detect/basis/settings.ts';
import type { Level } from '../../src/domain/book.ts';
import type { Funding } from '../../src/domain/funding.ts';
import type { ContractTerms, Market } from '../../src/domain/market.ts';

/** When tests take place, milliseconds since the epoch. */
export const BASIS_NOW_MS = 1_700_000_000_000;

export const BASIS_SETTINGS: BasisSettings = {
  notionalInQuote: 1_000,
  horizonDays: 30,
  maxFundingAgeMs: 600_000,
  maxFutureMs: 1_000,
  maxSkewMs: 3_000,
};

export interface BasisMarketShape extends Partial<Omit<Market, 'contract'>> {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly contract?: Partial<ContractTerms>;
  readonly funding?: Partial<Funding> | null;
}

/** A market that passes all guards, with what `shape` says; a perpetual has funding of 0.01 % in eight hours. */
export function basisMarket(shape: BasisMarketShape): BasisMarket {
  const { bids, asks, contract, funding, ...terms } = shape;
  const market = {
    exchange: 'spot-exchange',
    symbol: 'BTC/USDT',
    ...{ base: 'BTC', quote: 'USDT', takerBps: 10, makerBps: 10 },
    ...{ priceStep: null, sizeStep: null, minSizeInBase: null, maxSizeInBase: null },
    minCostInQuote: null,
    isActive: true,
    ...terms,
    ...(contract === undefined ? {} : { contract: contractTerms(contract) }),
  } satisfies Market;
  const isPerpetual = contract !== undefined && contract.kind !== 'dated';
  return {
    market,
    bids,
    asks,
    hasDepth: true,
    times: { exchangeTimeMs: null, receivedAtMs: BASIS_NOW_MS },
    guard: null,
    funding: isPerpetual && funding !== null ? fundingOf(market, funding ?? {}) : null,
  };
}

function contractTerms(terms: Partial<ContractTerms>): ContractTerms {
  return {
    kind: 'perpetual',
    settlement: 'linear',
    contractSize: '1',
    contractStep: null,
    expiryMs: null,
    ...terms,
  };
}

function fundingOf({ exchange, symbol }: Market, given: Partial<Funding>): Funding {
  return {
    ...{ exchange, symbol, rateRatio: 0.0001, intervalMs: 8 * 3_600_000 },
    nextFundingAtMs: BASIS_NOW_MS + 3_600_000,
    ...{ markPriceInQuote: null, indexPriceInQuote: null, exchangeTimeMs: null },
    receivedAtMs: BASIS_NOW_MS,
    ...given,
  };
}

/** Spot at 99.9 / 100, taker fee 10 bps. */
export const spotAt100 = (terms: Partial<BasisMarketShape> = {}): BasisMarket =>
  basisMarket({ bids: [[99.9, 100]], asks: [[100, 100]], ...terms });

/** A perpetual at 100.2 / 100.3, taker fee 5 bps, mark price 100.25, 0.08 % in eight hours. */
export const perpetualAt100 = (terms: Partial<BasisMarketShape> = {}): BasisMarket =>
  basisMarket({
    exchange: 'perpetual-exchange',
    symbol: 'BTC/USDT:USDT',
    takerBps: 5,
    bids: [[100.2, 100]],
    asks: [[100.3, 100]],
    ...terms,
    contract: terms.contract ?? {},
    funding:
      terms.funding === null
        ? null
        : { rateRatio: 0.0008, markPriceInQuote: 100.25, ...(terms.funding ?? {}) },
  });

/** A contract at 102 / 102.2 that is settled in 73 days, a fifth of a year. */
export const datedAt102 = (terms: Partial<BasisMarketShape> = {}): BasisMarket =>
  basisMarket({
    exchange: 'dated-exchange',
    symbol: 'BTC/USDT:USDT-240125',
    takerBps: 5,
    bids: [[102, 100]],
    asks: [[102.2, 100]],
    ...terms,
    contract: { kind: 'dated', expiryMs: BASIS_NOW_MS + 73 * 86_400_000, ...terms.contract },
  });
