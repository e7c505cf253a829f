/** Reads the recorded tops and rates into graphs, for tests of the cycle kernel: assets in alphabetical order. */

import { readFileSync } from 'node:fs';
import type { CycleGraph } from '../../src/kernel/cycles/cycle-kernel.ts';
import { toBuyRate, toSellRate } from '../../src/kernel/cycles/rates.ts';
import { sharedDataPath } from './shared-data.ts';

/** One offer: rates of a pair in both directions on one exchange. */
export interface RecordedRate {
  readonly pair: number;
  readonly exchange: number;
  readonly forward: number;
  readonly backward: number;
}

export interface RecordedGraph {
  readonly assets: readonly string[];
  readonly exchanges: readonly string[];
  readonly graph: CycleGraph;
  readonly rates: readonly RecordedRate[];
}

/** Rate of one unit of `from` in `to` on one exchange. */
interface DirectedRate {
  readonly exchange: string;
  readonly from: string;
  readonly to: string;
  readonly rate: number;
}

/** A snapshot of best bids and asks (columns base, quote, bid_price, ask_price); null when it is not there. */
export function readRecordedTops(file: string): RecordedGraph | null {
  const path = sharedDataPath(`binance-us-tops-2023/${file}`);
  if (path === null) return null;
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  const names = header.trim().split(',');
  const directed = lines.flatMap((line): readonly DirectedRate[] => {
    const cells = line.trim().split(',');
    const cell = (name: string) => cells[names.indexOf(name)] ?? '';
    const [base, quote, exchange] = [cell('base'), cell('quote'), 'binanceus'];
    const sell = toSellRate(Number(cell('bid_price')), 0);
    const buy = toBuyRate(Number(cell('ask_price')), 0);
    return [
      { exchange, from: base, to: quote, rate: sell },
      { exchange, from: quote, to: base, rate: buy },
    ];
  });
  return toGraph(directed);
}

/** The rates of two exchanges (weight = −ln rate); null when they are not there. */
export function readRecordedMultigraph(): RecordedGraph | null {
  const path = sharedDataPath('kraken-gemini-rates-2018/multigraph.json');
  if (path === null) return null;
  type Edge = { readonly exchange_name: string; readonly weight: number };
  type Nested = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Edge>>>>>>;
  const nested: Nested = JSON.parse(readFileSync(path, 'utf8'));
  const directed = Object.entries(nested).flatMap(([from, targets]) =>
    Object.entries(targets).flatMap(([to, edges]) =>
      Object.values(edges).map((edge): DirectedRate => {
        return { exchange: edge.exchange_name, from, to, rate: Math.exp(-edge.weight) };
      }),
    ),
  );
  return toGraph(directed);
}

function toGraph(directed: readonly DirectedRate[]): RecordedGraph {
  const assets = [...new Set(directed.flatMap(({ from, to }) => [from, to]))].sort();
  const exchanges = [...new Set(directed.map(({ exchange }) => exchange))].sort();
  const keys = [...new Set(directed.map(({ from, to }) => [from, to].sort().join('|')))].sort();
  const pairs = keys.map((key) => {
    const [from = '', to = ''] = key.split('|');
    return { from: assets.indexOf(from), to: assets.indexOf(to) };
  });
  const rateOf = (exchange: string, from: number, to: number) =>
    directed.find(
      (rate) => rate.exchange === exchange && rate.from === assets[from] && rate.to === assets[to],
    )?.rate ?? 0;
  const rates = pairs.flatMap(({ from, to }, pair) =>
    exchanges.map((name, exchange) => ({
      pair,
      exchange,
      forward: rateOf(name, from, to),
      backward: rateOf(name, to, from),
    })),
  );
  const graph = { assetsCount: assets.length, exchangesCount: exchanges.length, pairs };
  return { assets, exchanges, graph, rates };
}
