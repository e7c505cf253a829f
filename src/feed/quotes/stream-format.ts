/**
 * What a market-data service says to a detector, as server-sent events. Markets, quotes and books are lines of the
 * recording format (`../recording/README.md`), so one description and one reader serve both.
 *
 * | event | data |
 * | --- | --- |
 * | `exchanges` | `exchanges`: the state of each, as `GET /api/exchanges` has it; first, when one changes, and every 5 s |
 * | `markets` | `source`, `maxLevelsCount`, `markets`, `omitted`: all of them; second, and again when they change |
 * | `networks` | `networks`: on which the exchanges move assets, as `GET /api/transfers/{asset}` has them; when they change |
 * | `updates` | `after`, `updates`: quotes, books and funding that changed since `after`, each with the `number` of its market's updates |
 * | `heartbeat` | `{}`: every 2 s without anything else |
 *
 * All carry `atMs`, the service's clock. The id of `updates` is the place after it, `<start of the run>-<sequence>`; a
 * reader that comes back with it as `Last-Event-ID` gets what changed since, any other gets the newest state of all
 * (`after` is null).
 */

import type { MarketDataSource } from '../../domain/market.ts';
import type { AssetNetwork } from '../../domain/network.ts';
import type { ExchangeStatus, FeedMarkets } from '../feed.ts';
import { toRecordingRecord } from '../recording/format-line.ts';
import type { NumberedUpdate } from './quote-board.ts';

/** Without anything to say, the service says so this often, milliseconds. */
export const STREAM_HEARTBEAT_MS = 2_000;
/** Two messages of updates lie at least this far apart, so that each holds many, milliseconds. */
export const STREAM_INTERVAL_MS = 10;
/** The state of the exchanges is told at least this often, milliseconds. */
export const EXCHANGES_INTERVAL_MS = 5_000;
/** Updates of one message. */
export const MAX_MESSAGE_UPDATES_COUNT = 500;

/** One event, without the empty line that ends it. */
export interface StreamEvent {
  readonly event: 'markets' | 'exchanges' | 'networks' | 'updates' | 'heartbeat';
  readonly id?: string;
  readonly data: object;
}

/** Text of one event. @param context - lines of trace context, each ended; empty without a trace. */
export function formatStreamEvent({ event, id, data }: StreamEvent, context = ''): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `${idLine}event: ${event}\n${context}data: ${JSON.stringify(data)}\n\n`;
}

export function toMarketsEvent(
  { markets, omitted, maxLevelsCount }: FeedMarkets,
  source: MarketDataSource,
  atMs: number,
): StreamEvent {
  const lines = markets.map((market) => toRecordingRecord({ type: 'market', market }));
  return { event: 'markets', data: { atMs, source, maxLevelsCount, markets: lines, omitted } };
}

export function toExchangesEvent(exchanges: readonly ExchangeStatus[], atMs: number): StreamEvent {
  return { event: 'exchanges', data: { atMs, exchanges } };
}

export function toNetworksEvent(networks: readonly AssetNetwork[], atMs: number): StreamEvent {
  return { event: 'networks', data: { atMs, networks } };
}

export function toUpdatesEvent(
  updates: readonly NumberedUpdate[],
  place: { readonly id: string; readonly after: string | null },
  atMs: number,
): StreamEvent {
  const lines = updates.map((update) => ({ ...toRecordingRecord(update), number: update.number }));
  return { event: 'updates', id: place.id, data: { atMs, after: place.after, updates: lines } };
}

export function toHeartbeatEvent(atMs: number): StreamEvent {
  return { event: 'heartbeat', data: { atMs } };
}

/** A place in the stream of one run: ids of other runs are not understood. */
export function toPlaceId(runAtMs: number, sequence: number): string {
  return `${runAtMs}-${sequence}`;
}

/** The sequence of a place of this run, at most `newest`; null for anything else. */
export function parsePlaceId(id: string, runAtMs: number, newest: number): number | null {
  const match = /^(\d+)-(\d+)$/.exec(id);
  const sequence = Number(match?.[2]);
  return match !== null && Number(match[1]) === runAtMs && sequence <= newest ? sequence : null;
}
