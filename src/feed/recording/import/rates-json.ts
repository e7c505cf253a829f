/**
 * Rates between assets as a graph: `{from: {to: {n: {market_name, exchange_name, weight}}}}`, where the weight is
 * −ln(rate) with the fee already taken out, and the edge `from → to` sells `from` for `to`.
 */

import { parseSymbol } from '../../../domain/market.ts';
import type { Quote } from '../../../domain/quote.ts';
import {
  invalidField,
  isJsonRecord,
  type JsonRecord,
  readName,
  readNumber,
  readSymbol,
} from '../fields.ts';
import { createHeader, type RecordingLine } from '../format.ts';
import {
  ARTIFICIAL_TIME_MS,
  createBareMarket,
  type ImportFile,
  type ImportOptions,
  readJson,
} from './import-source.ts';

/** The source has no sizes; one unit of base keeps each rate usable and takes nothing from a profit ratio. */
const ASSUMED_SIZE_IN_BASE = 1;

const NOTES = [
  'The source has no time.',
  `The source has no sizes: each is written as ${ASSUMED_SIZE_IN_BASE} unit of base.`,
  'Fees are already taken out of the prices: taker and maker fee are 0 unless given.',
];

interface Rates {
  readonly exchange: string;
  readonly symbol: string;
  /** −ln of the rate base → quote; null when the source has no such edge. */
  sellWeight: number | null;
  /** −ln of the rate quote → base. */
  buyWeight: number | null;
}

/** One market and one quote for each market of each exchange, in the order of the file. */
export async function* importRatesJson(
  file: ImportFile,
  options: ImportOptions,
): AsyncGenerator<RecordingLine, void, void> {
  const receivedAtMs = options.atMs ?? ARTIFICIAL_TIME_MS;
  const markets = parseGraph(await readJson(file));
  const times = { fromMs: receivedAtMs, toMs: receivedAtMs };
  yield { type: 'header', header: createHeader('import rates-json', { ...times, notes: NOTES }) };
  for (const { exchange, symbol } of markets) {
    yield { type: 'market', market: createBareMarket(exchange, symbol, options.takerBps ?? 0) };
  }
  for (const rates of markets) yield { type: 'quote', quote: toQuote(rates, receivedAtMs) };
}

function parseGraph(graph: unknown): readonly Rates[] {
  const markets = new Map<string, Rates>();
  for (const [from, targets] of entriesOf(graph, 'file', 'an object of assets')) {
    for (const [to, edges] of entriesOf(targets, from, 'an object of assets')) {
      const path = `${from}.${to}`;
      for (const [id, edge] of entriesOf(edges, path, 'an object of edges')) {
        addEdge(markets, { from, to, path: `${path}.${id}` }, edge);
      }
    }
  }
  if (markets.size === 0) throw invalidField('file', 'at least one edge', undefined);
  return [...markets.values()];
}

function entriesOf(value: unknown, field: string, expected: string) {
  if (!isJsonRecord(value)) throw invalidField(field, expected, value);
  return Object.entries(value);
}

interface EdgePlace {
  readonly from: string;
  readonly to: string;
  readonly path: string;
}

function addEdge(markets: Map<string, Rates>, place: EdgePlace, edge: unknown): void {
  const expected = '{market_name, exchange_name, weight}';
  if (!isJsonRecord(edge)) throw invalidField(place.path, expected, edge);
  const { exchange, symbol, weight } = readEdge(edge, place.path);
  const key = `${exchange} ${symbol}`;
  const rates = markets.get(key) ?? { exchange, symbol, sellWeight: null, buyWeight: null };
  markets.set(key, rates);
  const side = sideOf(symbol, place);
  if (rates[side] !== null) {
    throw invalidField(place.path, `one edge of ${symbol} on ${exchange} this way`, weight);
  }
  rates[side] = weight;
}

function readEdge(edge: JsonRecord, path: string) {
  const named = {
    [`${path}.exchange_name`]: edge.exchange_name,
    [`${path}.market_name`]: edge.market_name,
    [`${path}.weight`]: edge.weight,
  };
  return {
    exchange: readName(named, `${path}.exchange_name`),
    symbol: readSymbol(named, `${path}.market_name`),
    weight: readNumber(named, `${path}.weight`),
  };
}

function sideOf(symbol: string, { from, to, path }: EdgePlace): 'sellWeight' | 'buyWeight' {
  const { base, quote } = parseSymbol(symbol);
  if (from === base && to === quote) return 'sellWeight';
  if (from === quote && to === base) return 'buyWeight';
  throw invalidField(`${path}.market_name`, `a market of ${from} and ${to}`, symbol);
}

/** bid = e^−w(base→quote): what one unit of base sells for. ask = e^w(quote→base): what one unit of base costs. */
function toQuote({ exchange, symbol, sellWeight, buyWeight }: Rates, receivedAtMs: number): Quote {
  return {
    exchange,
    symbol,
    bid: sellWeight === null ? 0 : Math.exp(-sellWeight),
    bidSize: sellWeight === null ? 0 : ASSUMED_SIZE_IN_BASE,
    ask: buyWeight === null ? 0 : Math.exp(buyWeight),
    askSize: buyWeight === null ? 0 : ASSUMED_SIZE_IN_BASE,
    exchangeTimeMs: null,
    receivedAtMs,
  };
}
