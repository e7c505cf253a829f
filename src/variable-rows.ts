/**
 * The variables as the reader needs them: kinds, defaults and bounds, and no prose, which would weigh on every bundle.
 * `variables.ts` has units and meanings.
 */

export interface VariableRow {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'number' | 'list' | 'choice' | 'url' | 'secret' | 'age';
  /** As it would be written in the environment; empty means unset. */
  readonly default: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

/** Every variable that Spreadscope reads, in the order of the README's table. */
export const VARIABLE_ROWS = [
  {
    name: 'FEED',
    kind: 'choice',
    default: 'ccxt',
    choices: ['ccxt', 'synthetic', 'ingest', 'remote'],
  },
  { name: 'INGEST_TOKEN', kind: 'secret', default: '' },
  { name: 'INGEST_SOURCE', kind: 'choice', default: 'live', choices: ['live', 'synthetic'] },
  { name: 'ROLE', kind: 'choice', default: 'all', choices: ['all', 'market', 'detector'] },
  { name: 'MARKET_URL', kind: 'url', default: '' },
  { name: 'MARKET_TOKEN', kind: 'secret', default: '' },
  {
    name: 'EXCHANGES',
    kind: 'list',
    default: 'binance,coinbase,kraken,okx,bybit,kucoin,gate,bitget',
  },
  {
    name: 'SYMBOLS',
    kind: 'list',
    default: 'BTC/USDT,ETH/USDT,SOL/USDT,XRP/USDT,ADA/USDT,DOGE/USDT,LTC/USDT,ETH/BTC',
  },
  { name: 'EXCHANGE_URLS', kind: 'text', default: '' },
  { name: 'EXCHANGE_TIMEOUT_MS', kind: 'integer', default: '10000', min: 100, max: 600000 },
  { name: 'EXCHANGE_STALL_MS', kind: 'integer', default: '30000', min: 100, max: 3600000 },
  { name: 'EXCHANGE_POLL_MS', kind: 'integer', default: '1000', min: 10, max: 3600000 },
  { name: 'TAKER_BPS', kind: 'number', default: '', min: -100, max: 1000 },
  { name: 'OPEN_EDGE_BPS', kind: 'number', default: '2', min: 0, max: 10000 },
  { name: 'CLOSE_EDGE_BPS', kind: 'number', default: '0.5', min: 0, max: 10000 },
  { name: 'MAX_NOTIONAL', kind: 'number', default: '10000', min: 0 },
  { name: 'FIXED_COST', kind: 'number', default: '0', min: 0 },
  { name: 'TERMS', kind: 'text', default: '' },
  {
    name: 'TRANSFER_MODE',
    kind: 'choice',
    default: 'inventory',
    choices: ['inventory', 'transfer', 'either'],
  },
  { name: 'RISK_AVERSION', kind: 'number', default: '2', min: 0, max: 100 },
  { name: 'TRANSFER_MS', kind: 'integer', default: '1800000', min: 0, max: 604800000 },
  { name: 'VOLATILITY_BPS', kind: 'number', default: '', min: 0, max: 10000 },
  { name: 'VOLATILITY_INTERVAL_MS', kind: 'integer', default: '5000', min: 10, max: 3600000 },
  { name: 'NETWORKS_REFRESH_MS', kind: 'integer', default: '600000', min: 0, max: 86400000 },
  { name: 'MAX_AGE_MS', kind: 'age', default: '5000', min: 1 },
  { name: 'MAX_FUTURE_MS', kind: 'age', default: '1000', min: 0 },
  { name: 'MAX_SKEW_MS', kind: 'age', default: '5000', min: 0 },
  { name: 'PRICE_BAND_BPS', kind: 'age', default: '1000', min: 0 },
  { name: 'MAX_LEGS', kind: 'integer', default: '4', min: 2, max: 5 },
  { name: 'MULTI', kind: 'choice', default: 'off', choices: ['off', 'on'] },
  {
    name: 'PEGS',
    kind: 'list',
    default: 'USDT/USD,USDC/USD,USDC/USDT,DAI/USD,BUSD/USD,TUSD/USD,FDUSD/USD,EURC/EUR',
  },
  { name: 'DEPEG_BPS', kind: 'age', default: '100', min: 0 },
  { name: 'CONTRACTS', kind: 'list', default: '' },
  { name: 'BASIS_NOTIONAL', kind: 'number', default: '10000', min: 0.000001, max: 1000000000000 },
  { name: 'BASIS_HORIZON_DAYS', kind: 'number', default: '30', min: 0.01, max: 3650 },
  { name: 'MAX_FUNDING_AGE_MS', kind: 'age', default: '600000', min: 1 },
  { name: 'ROUND_INTERVAL_MS', kind: 'integer', default: '50', min: 0, max: 60000 },
  { name: 'MAX_SYMBOLS', kind: 'integer', default: '4096', min: 1, max: 65536 },
  { name: 'MAX_EXCHANGES', kind: 'integer', default: '64', min: 2, max: 256 },
  { name: 'BOOK_LEVELS', kind: 'integer', default: '100', min: 1, max: 10000 },
  { name: 'SYNTHETIC_SEED', kind: 'integer', default: '1', min: 0, max: 4294967295 },
  { name: 'SYNTHETIC_EXCHANGES', kind: 'integer', default: '8', min: 2, max: 64 },
  { name: 'SYNTHETIC_SYMBOLS', kind: 'integer', default: '24', min: 1, max: 4096 },
  { name: 'SYNTHETIC_UPDATES_PER_SECOND', kind: 'integer', default: '400', min: 1, max: 1000000 },
  { name: 'MARKET_SHARDS', kind: 'integer', default: '1', min: 1, max: 64 },
  { name: 'OUTBOX_RESEND_MS', kind: 'integer', default: '300000', min: 1000, max: 86400000 },
  { name: 'HOST', kind: 'text', default: 'localhost' },
  { name: 'PORT', kind: 'integer', default: '8787', min: 0, max: 65535 },
  { name: 'CORS_ORIGINS', kind: 'list', default: '' },
  { name: 'API_TOKEN', kind: 'secret', default: '' },
  { name: 'DATABASE_URL', kind: 'secret', default: '' },
  { name: 'DATA_DIR', kind: 'text', default: '.data' },
  { name: 'RETENTION_DAYS', kind: 'number', default: '30', min: 0, max: 36500 },
  { name: 'STORE_QUEUE_COUNT', kind: 'integer', default: '10000', min: 1, max: 10000000 },
  { name: 'UPSTASH_REDIS_REST_URL', kind: 'url', default: '' },
  { name: 'UPSTASH_REDIS_REST_TOKEN', kind: 'secret', default: '' },
  { name: 'REDIS_URL', kind: 'secret', default: '' },
  { name: 'DETECTOR_SHARDS', kind: 'integer', default: '0', min: 0, max: 1023 },
  { name: 'SHARD_LEASE_MS', kind: 'integer', default: '6000', min: 1000, max: 60000 },
  { name: 'CACHE_TTL_MS', kind: 'integer', default: '30000', min: 1, max: 86400000 },
  { name: 'CACHE_MAX_ENTRIES', kind: 'integer', default: '10000', min: 1, max: 10000000 },
  {
    name: 'LOG_LEVEL',
    kind: 'choice',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error'],
  },
  { name: 'LOG_FORMAT', kind: 'choice', default: 'auto', choices: ['auto', 'json', 'text'] },
  { name: 'SHUTDOWN_TIMEOUT_MS', kind: 'integer', default: '10000', min: 100, max: 600000 },
] as const satisfies readonly VariableRow[];

export type VariableName = (typeof VARIABLE_ROWS)[number]['name'];
