/** The one table of variables, with units and meanings: for documentation and for programs. */

import { VARIABLE_ROWS, type VariableName, type VariableRow } from './variable-rows.ts';

export interface Variable extends VariableRow {
  readonly unit: string;
  readonly meaning: string;
}

/** Meaning, and after it the unit where there is one. */
type Words = readonly [meaning: string, unit?: string];

const MEANINGS: Readonly<Record<VariableName, Words>> = {
  FEED: [
    'Where market data comes from; `ingest`: feeders elsewhere push it to `POST /api/ingest`; `remote`: a market service, as a detector has it.',
  ],
  INGEST_TOKEN: [
    'What feeders send as bearer token, 16 characters or more; `FEED=ingest` needs it.',
  ],
  INGEST_SOURCE: ['What feeders push; a batch that says something else is refused.'],
  ROLE: [
    '`market`: reads exchanges and serves their quotes to detectors, `detector`: detects on the quotes of a market service, `all`: both in one process.',
  ],
  MARKET_URL: ['Where a detector finds its market service, such as `http://market:8787`.'],
  MARKET_TOKEN: ['The secret between market service and detectors, 16 characters or more.'],
  EXCHANGES: ['Exchanges to watch.', 'ccxt ids'],
  SYMBOLS: ['Symbols to watch, or `auto` for all that two exchanges share.', 'BASE/QUOTE'],
  EXCHANGE_URLS: [
    'Other addresses for exchanges, such as a proxy: `{"kraken":{"rest":"https://…","ws":"wss://…"}}`.',
    'JSON',
  ],
  EXCHANGE_TIMEOUT_MS: ['Most time one request to an exchange may take.', 'ms'],
  EXCHANGE_STALL_MS: ['A WebSocket without any update for so long is connected again.', 'ms'],
  EXCHANGE_POLL_MS: ['Least time between two polls of an exchange without WebSocket.', 'ms'],
  TAKER_BPS: ['Overrides every taker fee; unset: what each exchange says.', 'bps'],
  OPEN_EDGE_BPS: ['An opportunity opens when its edge after all costs is above this.', 'bps'],
  CLOSE_EDGE_BPS: [
    'An open opportunity closes when its edge falls to this or below; at most OPEN_EDGE_BPS.',
    'bps',
  ],
  MAX_NOTIONAL: [
    'Most to spend on the bought leg of one opportunity, in units of whatever asset its symbol is quoted in; 0: no limit.',
    'quote asset',
  ],
  FIXED_COST: ['Costs of one opportunity whatever its size; it must earn them.', 'quote asset'],
  TERMS: [
    'Own fees, networks and balances: JSON, or a file of it. See [Own terms](#own-terms).',
    'JSON or path',
  ],
  TRANSFER_MODE: [
    'What a pair must survive to open: `inventory`: what is sold is held there; `transfer`: it is bought, withdrawn and deposited first; `either`: one of them.',
  ],
  RISK_AVERSION: [
    'Relative risk aversion with which the price risk of a transfer is counted; 0: not.',
  ],
  TRANSFER_MS: ['Time of a transfer on a network of which nobody says it.', 'ms'],
  VOLATILITY_BPS: [
    'Volatility of every symbol for the price risk; unset: measured on the prices.',
    'bps/√min',
  ],
  VOLATILITY_INTERVAL_MS: [
    'Time between two prices that volatility is measured on; 13 prices are needed.',
    'ms',
  ],
  NETWORKS_REFRESH_MS: [
    'How often exchanges are asked for their networks and withdrawal fees; 0: never.',
    'ms',
  ],
  MAX_AGE_MS: ['Quotes and books older than this are not used; `off`: no limit.', 'ms'],
  MAX_FUTURE_MS: [
    'An exchange time further ahead of this clock than this is not used; `off`: no limit.',
    'ms',
  ],
  MAX_SKEW_MS: [
    'Two legs whose data lies further apart in time than this are not paired; `off`: no limit. Below MAX_AGE_MS it closes quiet markets before they are too old.',
    'ms',
  ],
  PRICE_BAND_BPS: [
    'A market whose price is further from the median over the exchanges than this is not used; `off`: no limit.',
    'bps',
  ],
  MAX_LEGS: ['Longest opportunity; 2: pairs only, 3 to 5: cycles of so many legs too.', 'orders'],
  MULTI: [
    '`on`: a symbol bought and sold on more than two exchanges at once is an opportunity of its own, beside its pairs.',
  ],
  PEGS: [
    'Assets that should be worth one of another; their prices are watched, never assumed.',
    'ASSET/REFERENCE',
  ],
  DEPEG_BPS: ['Further from its peg than this an asset raises an alarm; `off`: never.', 'bps'],
  CONTRACTS: [
    'Contracts to read beside the spot symbols that are watched: `perpetual`, `dated` or both; unset: none.',
    'kinds',
  ],
  BASIS_NOTIONAL: ['Value of the long leg at which funding and basis are priced.', 'quote asset'],
  BASIS_HORIZON_DAYS: [
    'How long a position against a perpetual is held; a dated one is held to its expiry.',
    'days',
  ],
  MAX_FUNDING_AGE_MS: ['Funding rates older than this are not used; `off`: no limit.', 'ms'],
  ROUND_INTERVAL_MS: ['Least time between two detection rounds.', 'ms'],
  MAX_SYMBOLS: ['Capacity of the kernel.', 'symbols'],
  MAX_EXCHANGES: ['Capacity of the kernel.', 'exchanges'],
  BOOK_LEVELS: ['Depth kept and requested.', 'levels a side'],
  SYNTHETIC_SEED: ['Seed of the synthetic market: same seed, same updates.'],
  SYNTHETIC_EXCHANGES: ['Exchanges of the synthetic market.', 'exchanges'],
  SYNTHETIC_SYMBOLS: ['Symbols of the synthetic market.', 'symbols'],
  SYNTHETIC_UPDATES_PER_SECOND: ['Updates of the synthetic market, over all markets.', 'updates/s'],
  MARKET_SHARDS: [
    'Workers: Durable Objects that share the symbols; above 1 there is one more, for cycles.',
    'objects',
  ],
  OUTBOX_RESEND_MS: [
    'Workers: what the queue has not brought to the database after this time is sent again.',
    'ms',
  ],
  HOST: ['Address to listen on.'],
  PORT: ['Port to listen on; 0: any free one.'],
  CORS_ORIGINS: ['Origins that may call the API from a browser, or `*`.', 'origins'],
  API_TOKEN: [
    'Traces, metrics and own balances (`/api/transfers`) are given only to those who send it as bearer token, 16 characters or more; unset: to everybody.',
  ],
  DATABASE_URL: ['Neon connection string; unset: the embedded database in DATA_DIR.'],
  DATA_DIR: ['Folder of the embedded database; `memory` keeps nothing.', 'path'],
  RETENTION_DAYS: ['Closed opportunities older than this are deleted; 0: never.', 'days'],
  STORE_QUEUE_COUNT: [
    'Most opportunities that wait to be written; more are dropped and counted.',
    'opportunities',
  ],
  UPSTASH_REDIS_REST_URL: ['Upstash Redis; unset: the cache is in memory.'],
  UPSTASH_REDIS_REST_TOKEN: ['Token for UPSTASH_REDIS_REST_URL.'],
  REDIS_URL: [
    '`redis://` or `rediss://`, for the leases of detectors that share the work; unset: Upstash.',
  ],
  DETECTOR_SHARDS: [
    'Parts of the symbols that several processes share out among themselves through Redis; all have the same number; 0: this process does everything.',
    'shards',
  ],
  SHARD_LEASE_MS: [
    'After this time without a word from a process others take its shards over.',
    'ms',
  ],
  CACHE_TTL_MS: ['Lifetime of cached market data.', 'ms'],
  CACHE_MAX_ENTRIES: ['Bound of the memory cache.', 'entries'],
  LOG_LEVEL: ['Least severity that is logged.'],
  LOG_FORMAT: ['`auto`: text on a terminal, JSON elsewhere.'],
  SHUTDOWN_TIMEOUT_MS: ['Most time a clean shutdown may take.', 'ms'],
};

/** Every variable that Spreadscope reads, in the order of the README's table. */
export const VARIABLES: readonly Variable[] = VARIABLE_ROWS.map((row) => {
  const [meaning, unit = ''] = MEANINGS[row.name];
  return { ...row, unit, meaning };
});
