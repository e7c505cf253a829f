import { describe, expect, test } from 'bun:test';
import type { DetectionSettings } from '../../src/detect/settings.ts';
import type { AssetNetwork } from '../../src/domain/network.ts';
import type { OpportunityEvent } from '../../src/domain/opportunity.ts';
import { parseTerms } from '../../src/domain/parse-terms.ts';
import type { FeedBatch } from '../../src/feed/feed.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createListFeed } from '../support/list-feed.ts';
import { market, quote, START_MS } from '../support/markets.ts';
import { network } from '../support/networks.ts';
import { ANY_PROFIT } from '../support/settings.ts';
import { createSpanRecorder } from '../support/span-recorder.ts';

const SYMBOL = 'BTC/USD';
const nothing = () => undefined;

interface Run extends Partial<Pick<PipelineOptions, 'terms' | 'volatility'>> {
  readonly batches: readonly FeedBatch[];
  readonly settings?: Partial<DetectionSettings>;
  /** What the feed says of networks when a batch is judged. */
  readonly networks?: (atMs: number) => readonly AssetNetwork[];
}

async function run({ batches, settings, networks, ...options }: Run) {
  const recorder = createSpanRecorder();
  const events: OpportunityEvent[] = [];
  let atMs = START_MS;
  async function* timed() {
    for (const batch of batches) {
      atMs = batch.atMs;
      yield batch;
    }
  }
  const feed = createListFeed({
    source: 'recording',
    markets: [market('a', SYMBOL), market('b', SYMBOL)],
    batches: timed(),
  });
  const pipeline = createPipeline({
    feed: networks === undefined ? feed : { ...feed, networks: () => networks(atMs) },
    createKernel: createReferenceKernel,
    maxSymbolsCount: 4,
    maxExchangesCount: 4,
    bookLevelsCount: 10,
    settings: { ...ANY_PROFIT, ...settings },
    roundIntervalMs: 0,
    clock: createFakeClock(START_MS),
    telemetry: {
      tracer: recorder.tracer,
      logger: { log: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing },
    },
    onEvents: (some) => events.push(...some),
    ...options,
  });
  await pipeline.run(new AbortController().signal);
  return { events, pipeline, spans: recorder.spans() };
}

/** Both markets at one moment: bought on `a` at 100, sold on `b` at 101 and a little. */
function batch(afterMs: number, move = 1): FeedBatch {
  const atMs = START_MS + afterMs;
  const times = { receivedAtMs: atMs };
  const quotes = [
    quote('a', SYMBOL, 99 * move, 100 * move, times),
    quote('b', SYMBOL, 101 * move, 102 * move, times),
  ];
  return { atMs, quotes, books: [] };
}

const OPEN = [network('a', 'BTC', 'BTC'), network('b', 'BTC', 'BTC')];
const CLOSED = [
  network('a', 'BTC', 'BTC'),
  network('b', 'BTC', 'BTC', { isDepositEnabled: false }),
];
const NO_RISK = { riskAversion: 0, modeRule: 'transfer' as const };

describe('a pipeline that needs transfers', () => {
  test('closes an opportunity with a reason when the feed says that deposits are off, and opens it again', async () => {
    const { events } = await run({
      batches: [batch(0), batch(1_000, 1.001), batch(2_000), batch(3_000, 1.001)],
      settings: NO_RISK,
      networks: (atMs) => (atMs === START_MS + 1_000 ? CLOSED : OPEN),
    });
    expect(events.map(({ type, opportunity }) => [type, opportunity.closeReason])).toEqual([
      ['opened', null],
      ['closed', 'deposit_off'],
      ['opened', null],
      ['updated', null],
      ['closed', 'feed_ended'],
    ]);
    expect(events[0]?.opportunity.last).toMatchObject({ mode: 'transfer', profitInQuote: '1' });
  });

  test('takes networks, fees and balances from the terms', async () => {
    const terms = parseTerms(
      JSON.stringify({
        fees: { '*': { takerBps: 10 } },
        networks: {
          a: { BTC: { Bitcoin: { withdraw: true, fee: '0.001', transferMs: 0 } } },
          b: { BTC: { XBT: {}, BTC: { deposit: true } } },
        },
        balances: { a: { USD: '50' }, b: {} },
      }),
    );
    const { events, pipeline } = await run({ batches: [batch(0)], settings: NO_RISK, terms });
    expect(events[0]?.opportunity.last).toMatchObject({
      mode: 'transfer',
      sizeInBase: '0.4985004995',
      cappedBy: { exchange: 'a', asset: 'USD', balanceInAsset: '50' },
      modes: {
        inventory: { found: false, reason: { code: 'balance_missing', exchange: 'b' } },
        transfer: { found: true, transfer: { network: 'BTC', feeInBase: '0.001' } },
      },
    });
    expect(pipeline.transfers('BTC')).toMatchObject({
      balances: [
        { exchange: 'a', amountInAsset: '0' },
        { exchange: 'b', amountInAsset: '0' },
      ],
    });
    expect(pipeline.transfers('DOGE')).toBeNull();
  });

  test('measures volatility on the prices it sees, and waits until there are enough', async () => {
    const count = 16;
    const batches = Array.from({ length: count }, (_, index) =>
      batch(index * 1_000, 1 + (index % 2) * 0.0001),
    );
    const { events, pipeline } = await run({
      batches,
      settings: { modeRule: 'transfer' },
      networks: () => OPEN.map((each) => ({ ...each, transferMs: 60_000 })),
      volatility: { fixedBps: null, intervalMs: 1_000 },
    });
    const [opened] = events;
    // The first twelve rounds know too little: the thirteenth price is there for the fourteenth.
    expect(opened?.opportunity.openedAtMs).toBe(START_MS + 13_000);
    const transfer = opened?.opportunity.last.modes?.transfer;
    if (transfer?.found !== true) throw new Error('expected a transfer');
    // Returns of ±1 bps a second, all alike: √(π / (6 − 4√3 + π)) of 1 bps · √60.
    expect(transfer.transfer.volatilityBps).toBeCloseTo(1.1924 * Math.sqrt(60), 1);
    expect(pipeline.status().openedCount).toBe(1);
  });

  test('tells of both modes on the span', async () => {
    const { spans } = await run({
      batches: [batch(0)],
      settings: { riskAversion: 0 },
      networks: () => OPEN.map((each) => ({ ...each, withdrawalFeeInAsset: '0.001' })),
    });
    const event = spans
      .flatMap((span) => span.events)
      .find(({ name }) => name === 'opportunity_opened');
    expect(event?.attributes).toMatchObject({
      'arbitrage.mode': 'inventory',
      'arbitrage.transfer.network': 'BTC',
      'arbitrage.transfer.risk_bps': 0,
      'arbitrage.transfer.duration_ms': 600_000,
    });
    expect(Number(event?.attributes?.['arbitrage.transfer.fee_bps'])).toBeCloseTo(10, 1);
  });
});
