/** From untrusted events of a market-data service to typed messages. */

import { isSpreadscopeError, SpreadscopeError, toErrorMessage } from '../../domain/errors.ts';
import type { Market, MarketDataSource } from '../../domain/market.ts';
import type { AssetNetwork } from '../../domain/network.ts';
import type { ExchangeStatus, FeedMarkets, OmittedSymbol } from '../feed.ts';
import {
  invalidField,
  isJsonRecord,
  type JsonRecord,
  readNumber,
  readText,
  readTimeMs,
} from '../recording/fields.ts';
import { parseRecordingRecord } from '../recording/parse-line.ts';
import { parseNetworkRecord } from './parse-network.ts';
import type { NumberedUpdate } from './quote-board.ts';

export type StreamMessage =
  | {
      readonly type: 'markets';
      readonly atMs: number;
      readonly source: MarketDataSource;
      readonly markets: FeedMarkets;
    }
  | {
      readonly type: 'exchanges';
      readonly atMs: number;
      readonly exchanges: readonly ExchangeStatus[];
    }
  | {
      readonly type: 'networks';
      readonly atMs: number;
      readonly networks: readonly AssetNetwork[];
    }
  | {
      readonly type: 'updates';
      readonly atMs: number;
      /** The place that it follows; null: it is the newest state of all. */
      readonly after: string | null;
      readonly updates: readonly NumberedUpdate[];
    }
  | { readonly type: 'heartbeat'; readonly atMs: number };

/**
 * Null for an event of another name, which later versions may send.
 *
 * @throws {SpreadscopeError} `feed_failed`, naming the field, what was expected and what came.
 */
export function parseStreamMessage(event: string, data: string): StreamMessage | null {
  const parse = PARSERS[event];
  if (parse === undefined) return null;
  try {
    const record: unknown = JSON.parse(data);
    if (!isJsonRecord(record)) throw invalidField('data', 'a JSON object', record);
    return parse(record, readTimeMs(record, 'atMs'));
  } catch (cause) {
    const detail = isSpreadscopeError(cause) ? toErrorMessage(cause) : 'expected JSON';
    throw new SpreadscopeError('feed_failed', `market-data stream, event ${event}: ${detail}`, {
      cause,
    });
  }
}

const PARSERS: Readonly<Record<string, (record: JsonRecord, atMs: number) => StreamMessage>> = {
  markets: (record, atMs) => ({
    type: 'markets',
    atMs,
    source: readSource(record),
    markets: {
      markets: readRecords(record, 'markets').map(parseMarket),
      omitted: readRecords(record, 'omitted').map(parseOmitted),
      maxLevelsCount: readNumber(record, 'maxLevelsCount'),
    },
  }),
  exchanges: (record, atMs) => ({
    type: 'exchanges',
    atMs,
    exchanges: readRecords(record, 'exchanges').map(parseExchangeStatus),
  }),
  networks: (record, atMs) => ({
    type: 'networks',
    atMs,
    networks: readRecords(record, 'networks').map(parseNetworkRecord),
  }),
  updates: (record, atMs) => ({
    type: 'updates',
    atMs,
    after: record.after === null ? null : readText(record, 'after'),
    updates: readRecords(record, 'updates').map(parseUpdate),
  }),
  heartbeat: (_, atMs) => ({ type: 'heartbeat', atMs }),
};

function parseUpdate(record: JsonRecord): NumberedUpdate {
  const line = parseRecordingRecord(record);
  const number = readNumber(record, 'number');
  if (line.type === 'quote') return { type: 'quote', number, quote: line.quote };
  if (line.type === 'book') return { type: 'book', number, book: line.book };
  if (line.type === 'funding') return { type: 'funding', number, funding: line.funding };
  throw invalidField('type', 'quote, book or funding', record.type);
}

function parseMarket(record: JsonRecord): Market {
  const line = parseRecordingRecord(record);
  if (line.type === 'market') return line.market;
  throw invalidField('type', 'market', record.type);
}

function readSource(record: JsonRecord): MarketDataSource {
  const { source } = record;
  if (source === 'live' || source === 'synthetic' || source === 'recording') return source;
  throw invalidField('source', 'live, synthetic or recording', source);
}

function parseOmitted(record: JsonRecord): OmittedSymbol {
  const { reason, exchanges } = record;
  if (reason !== 'fewer_than_two_exchanges' && reason !== 'over_capacity') {
    throw invalidField('omitted.reason', 'fewer_than_two_exchanges or over_capacity', reason);
  }
  if (!Array.isArray(exchanges)) throw invalidField('omitted.exchanges', 'an array', exchanges);
  return { symbol: readText(record, 'symbol'), reason, exchanges: exchanges.map(String) };
}

const STATES = ['connecting', 'live', 'degraded', 'down', 'closed'] as const;
const TRANSPORTS = ['websocket', 'rest', 'recording', 'synthetic', 'push'] as const;

/** The code of a reason is passed on as it is: it is shown, not branched on. */
function parseExchangeStatus(record: JsonRecord): ExchangeStatus {
  const count = (field: string) => readNumber(record, field);
  const optional = (field: string) => (record[field] === null ? null : readNumber(record, field));
  return {
    exchange: readText(record, 'exchange'),
    state: readChoice(record, 'state', STATES),
    transport: readChoice(record, 'transport', TRANSPORTS),
    reason: parseReason(record.reason),
    marketsCount: count('marketsCount'),
    updatesCount: count('updatesCount'),
    skippedCount: count('skippedCount'),
    failuresCount: count('failuresCount'),
    lastUpdateAtMs: optional('lastUpdateAtMs'),
    roundTripMs: optional('roundTripMs'),
    clockOffsetMs: optional('clockOffsetMs'),
    retryAtMs: optional('retryAtMs'),
  };
}

function parseReason(value: unknown): ExchangeStatus['reason'] {
  if (value === null) return null;
  if (!isJsonRecord(value)) throw invalidField('reason', 'an object or null', value);
  const code = readText(value, 'code') as NonNullable<ExchangeStatus['reason']>['code'];
  return { code, message: readText(value, 'message') };
}

function readChoice<Choice extends string>(
  record: JsonRecord,
  field: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === record[field]);
  if (found === undefined) throw invalidField(field, `one of ${choices.join(', ')}`, record[field]);
  return found;
}

function readRecords(record: JsonRecord, field: string): readonly JsonRecord[] {
  const values = record[field];
  if (!Array.isArray(values)) throw invalidField(field, 'an array', values);
  return values.map((value: unknown) => {
    if (!isJsonRecord(value)) throw invalidField(field, 'an array of objects', value);
    return value;
  });
}
