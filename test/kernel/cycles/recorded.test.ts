import { describe, expect, test } from 'bun:test';
import type { CycleKernel, FoundCycle } from '../../../src/kernel/cycles/cycle-kernel.ts';
import {
  applyRateRows,
  type CreateCycleKernel,
  createReferenceCycles,
  createWasmCycles,
  describeCycleKernels,
  sweep,
} from '../../support/cycle-kernels.ts';
import {
  type RecordedGraph,
  readRecordedMultigraph,
  readRecordedTops,
} from '../../support/recorded-rates.ts';
import { requirement } from '../../support/requirement.ts';

function load(create: CreateCycleKernel, recorded: RecordedGraph): CycleKernel {
  const kernel = create(recorded.graph);
  expect(applyRateRows(kernel, recorded.rates)).toBe(0);
  return kernel;
}

/** `A>B>C`, the assets in order. */
function nameOf(
  kernel: CycleKernel,
  recorded: RecordedGraph,
  cycle: FoundCycle | null | undefined,
) {
  const assets = (cycle?.conversions ?? []).map(
    (conversion) => kernel.readConversion(conversion).from,
  );
  return assets.map((asset) => recorded.assets[asset]).join('>');
}

const bps = (cycle: FoundCycle | null | undefined, digits: number): string =>
  ((cycle?.edgeRatio ?? Number.NaN) * 1e4).toFixed(digits);

const TOPS = [
  {
    file: 'saved.csv',
    assets: 13,
    counts: [144, 710],
    profitable: 54,
    best3: ['13.0857', 'ADA>BTC>USDT'],
    best: ['13.1188', 'ADA>BTC>USDC>USDT'],
  },
  {
    file: '20230312_161833.csv',
    assets: 13,
    counts: [144, 710],
    profitable: 13,
    best3: ['10.0664', 'USD>USDT>USDC'],
    best: ['10.0664', 'USD>USDT>USDC'],
  },
  {
    file: '20230313_152602.csv',
    assets: 13,
    counts: [144, 710],
    profitable: 37,
    best3: ['46.9679', 'ADA>ETH>USDT'],
    best: ['51.0580', 'ADA>ETH>USD>BUSD'],
  },
  {
    file: '20230416_214743.csv',
    assets: 153,
    counts: [386, 19_802],
    profitable: 240,
    best3: ['36.1522', 'BTC>MANA>USDT'],
    best: ['47.1731', 'BTC>MANA>USDT>DOGE'],
  },
] as const;

for (const { file, assets, counts, profitable, best3, best } of TOPS) {
  const recorded = readRecordedTops(file);
  const isThere = requirement(`binance-us-tops-2023/${file}`, recorded !== null);
  describe.skipIf(!isThere || recorded === null)(`recorded tops ${file}`, () => {
    if (recorded === null) return;
    describeCycleKernels('cycles', (create) => {
      test('has the published counts and the published best cycles', () => {
        const kernel = load(create, recorded);
        expect(recorded.assets).toHaveLength(assets);
        const all = { minEdgeRatio: -1, maxCyclesCount: Number.POSITIVE_INFINITY };
        const count = (legs: number) =>
          kernel.audit({ ...all, minLegs: legs, maxLegs: legs }).cyclesCount;
        expect([count(3), count(4)]).toEqual([...counts]);
        const hits = sweep(kernel, { minLegs: 3, maxLegs: 4 });
        expect(hits).toHaveLength(profitable);
        expect([bps(hits[0], 4), nameOf(kernel, recorded, hits[0])]).toEqual([...best]);
        const [first3] = sweep(kernel, { minLegs: 3, maxLegs: 3 });
        expect([bps(first3, 4), nameOf(kernel, recorded, first3)]).toEqual([...best3]);
      });

      test('any profitable cycle is found by the search for any length', () => {
        const found = load(create, recorded).findCycle();
        expect(found?.edgeRatio).toBeGreaterThan(0);
      });
    });
  });
}

const saved = readRecordedTops('saved.csv');

describe.skipIf(saved === null)('recorded tops saved.csv, any length', () => {
  const creators = { reference: createReferenceCycles, wasm: createWasmCycles };
  test.each(Object.entries(creators))('the %s kernel audits all of them', (_, create) => {
    if (saved === null) return;
    const kernel = load(create, saved);
    const audit = kernel.audit({
      minLegs: 2,
      maxLegs: Number.POSITIVE_INFINITY,
      minEdgeRatio: 0,
      maxCyclesCount: Number.POSITIVE_INFINITY,
    });
    expect(audit.cyclesCount).toBe(203_147);
    expect(audit.profitableCount).toBe(974);
    expect(bps(audit.best, 3)).toBe('14.774');
  });
});

const multigraph = readRecordedMultigraph();
const isMultigraph = requirement('kraken-gemini-rates-2018/multigraph.json', multigraph !== null);

describe.skipIf(!isMultigraph || multigraph === null)('recorded rates of two exchanges', () => {
  if (multigraph === null) return;
  describeCycleKernels('cycles that may cross exchanges', (create) => {
    test('has the published count and the published best cycle, exchange by exchange', () => {
      const kernel = load(create, multigraph);
      expect(multigraph.assets).toHaveLength(22);
      const hits = sweep(kernel, { minLegs: 2, maxLegs: 4 });
      expect(hits).toHaveLength(15);
      const [best] = hits;
      expect([bps(best, 2), nameOf(kernel, multigraph, best)]).toEqual([
        '44.43',
        'BTC>USD>ETH>EUR',
      ]);
      const exchanges = best?.conversions.map(
        (conversion) => multigraph.exchanges[kernel.readConversion(conversion).exchangeIndex],
      );
      expect(exchanges).toEqual(['gemini', 'kraken', 'kraken', 'kraken']);
    });

    test('has the published difference of one pair between the exchanges', () => {
      const kernel = load(create, multigraph);
      const names = sweep(kernel, { minLegs: 2, maxLegs: 2 }).map((hit) => [
        nameOf(kernel, multigraph, hit),
        bps(hit, 2),
      ]);
      expect(names).toContainEqual(['BTC>USD', '20.32']);
    });
  });
});
