import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { FeeSide, Market } from '../../../src/domain/market.ts';
import type { ModeFigures, ModeOutcomes } from '../../../src/domain/modes.ts';
import {
  add,
  compare,
  subtract,
  toDecimal,
  toDecimalString,
  ZERO,
} from '../../../src/domain/money.ts';
import { amountAt, books, type CrossingBooks, totalOf } from '../../support/ladders.ts';
import { type ModeCase, modesOf, way } from '../../support/modes.ts';

const RUNS = { numRuns: 300 };
const feeBps = fc.integer({ min: 0, max: 60 });
const feeSide = fc.constantFrom<FeeSide>('quote', 'base', 'get', 'give');
const step = fc.constantFrom(null, '0.001', '0.02', '0.3');

const minSizeInBase = fc.constantFrom(null, '0.1', '1');
const anySize = fc.record({
  takerBps: feeBps,
  feeSide,
  sizeStep: fc.constant(null),
  minSizeInBase,
});
const inLots = fc.record({
  takerBps: feeBps,
  feeSide: fc.constant<FeeSide>('quote'),
  sizeStep: step,
  minSizeInBase,
});

interface Sent {
  readonly fee: number;
  readonly shareBps: number;
  readonly minutes: number;
  readonly sigma: number;
}

const sent = fc.record<Sent>({
  fee: fc.integer({ min: 0, max: 80 }).map((units) => units / 1_000),
  shareBps: fc.integer({ min: 0, max: 20 }),
  minutes: fc.integer({ min: 0, max: 60 }),
  sigma: fc.integer({ min: 0, max: 30 }).map((units) => units / 10),
});

/** Any fee side, any size. */
const anyCase = fc.record({ ladders: books(), buyMarket: anySize, sellMarket: anySize, sent });
/** Lots: what they leave over is lost, so only a mode that leaves nothing over has its exact optimum beside the other. */
const lotCase = fc.record({ ladders: books(), buyMarket: inLots, sellMarket: inLots, sent });

interface Given {
  readonly ladders: CrossingBooks;
  readonly buyMarket: Pick<Market, 'takerBps' | 'sizeStep' | 'minSizeInBase'>;
  readonly sellMarket: Given['buyMarket'];
  readonly sent: Sent;
}

function toCase({ ladders, buyMarket, sellMarket, sent: given }: Given): ModeCase {
  return {
    ...ladders,
    buyMarket,
    sellMarket,
    volatilityBps: given.sigma,
    networks: way('BTC', {
      withdrawalFeeInAsset: String(given.fee),
      withdrawalFeeBps: given.shareBps,
      transferMs: given.minutes * 60_000,
    }),
  };
}

function netOf(outcome: ModeOutcomes[keyof ModeOutcomes] | undefined) {
  return outcome?.found === true ? toDecimal(outcome.profitInQuote) : ZERO;
}

function sumOf({ waterfall }: ModeFigures): string {
  const steps = waterfall.steps.filter(({ code }) => code !== 'net');
  return toDecimalString(
    steps.reduce((sum, { amountInQuote }) => add(sum, toDecimal(amountInQuote)), ZERO),
  );
}

test('a transfer never leaves more than the same pair from inventory', () => {
  fc.assert(
    fc.property(fc.oneof(anyCase, lotCase), (given) => {
      const modes = modesOf(toCase(given));
      expect(compare(netOf(modes?.transfer), netOf(modes?.inventory))).toBeLessThanOrEqual(0);
    }),
    RUNS,
  );
});

test('no fee, share, waiting time or volatility that grows makes a transfer leave more', () => {
  const field = fc.constantFrom<keyof Sent>('fee', 'shareBps', 'minutes', 'sigma');
  fc.assert(
    fc.property(anyCase, field, fc.integer({ min: 1, max: 20 }), (given, name, more) => {
      const greater = given.sent[name] + (name === 'fee' ? more / 500 : more);
      const raised = { ...given, sent: { ...given.sent, [name]: greater } };
      const before = netOf(modesOf(toCase(given))?.transfer);
      expect(compare(netOf(modesOf(toCase(raised))?.transfer), before)).toBeLessThanOrEqual(0);
    }),
    RUNS,
  );
});

test('no trading fee that grows makes either mode leave more', () => {
  const side = fc.constantFrom('buyMarket', 'sellMarket');
  fc.assert(
    fc.property(anyCase, side, fc.integer({ min: 1, max: 30 }), (given, name, more) => {
      const takerBps = given[name].takerBps + more;
      const raised = { ...given, [name]: { ...given[name], takerBps } };
      const before = modesOf(toCase(given));
      const after = modesOf(toCase(raised));
      for (const mode of ['inventory', 'transfer'] as const) {
        expect(compare(netOf(after?.[mode]), netOf(before?.[mode]))).toBeLessThanOrEqual(0);
      }
    }),
    RUNS,
  );
});

test('the waterfall of a transfer adds up to its net profit exactly', () => {
  fc.assert(
    fc.property(fc.oneof(anyCase, lotCase), (given) => {
      const transfer = modesOf(toCase(given))?.transfer;
      if (transfer?.found !== true) return;
      expect(sumOf(transfer)).toBe(transfer.profitInQuote);
      expect(transfer.waterfall.steps.at(-1)?.bps).toBe(transfer.edgeBps);
    }),
    RUNS,
  );
});

test('what is withdrawn, less what the network takes, arrives and covers what is sold', () => {
  fc.assert(
    fc.property(fc.oneof(anyCase, lotCase), (given) => {
      const transfer = modesOf(toCase(given))?.transfer;
      if (transfer?.found !== true) return;
      const { withdrawnInBase, feeInBase, arrivedInBase } = transfer.transfer;
      const left = subtract(toDecimal(withdrawnInBase), toDecimal(feeInBase));
      expect(toDecimalString(left)).toBe(arrivedInBase);
      expect(compare(left, toDecimal(transfer.sizeInBase))).toBeGreaterThanOrEqual(0);
    }),
    RUNS,
  );
});

test('no size on a fine grid leaves more than a transfer of the size that was chosen', () => {
  const fees = fc.record({ ladders: books(), buyBps: feeBps, sellBps: feeBps, sent });
  fc.assert(
    fc.property(fees, ({ ladders, buyBps, sellBps, sent: given }) => {
      const quoted = { feeSide: 'quote', sizeStep: null, minSizeInBase: null } as const;
      const modes = modesOf(
        toCase({
          ladders,
          buyMarket: { ...quoted, takerBps: buyBps },
          sellMarket: { ...quoted, takerBps: sellBps },
          sent: { ...given, shareBps: 0, sigma: 0 },
        }),
      );
      const found = Number(toDecimalString(netOf(modes?.transfer)));
      const most = Math.min(totalOf(ladders.bids), totalOf(ladders.asks) - given.fee);
      for (let index = 1; index <= 60; index += 1) {
        const size = (most * index) / 60;
        if (size <= 0) break;
        const cost = amountAt(ladders.asks, size + given.fee) * (1 + buyBps / 10_000);
        const profit = amountAt(ladders.bids, size) * (1 - sellBps / 10_000) - cost;
        expect(found).toBeGreaterThanOrEqual(profit - 1e-9);
      }
    }),
    RUNS,
  );
});
