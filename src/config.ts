/**
 * `parseConfig(env)` turns an environment (process.env, Worker bindings) into a frozen
 * `Config`, by the table in `variables.ts`; an unknown value is an error that names the variable. `OTEL_*` and `TELEMETRY_*` belong to the telemetry
 * layer, which follows the specification's rules for them.
 */

import { SpreadscopeError } from './domain/errors.ts';
import type { ModeRule } from './domain/modes.ts';
import { parseTerms } from './domain/parse-terms.ts';
import type { Terms } from './domain/terms.ts';
import { VARIABLE_ROWS, type VariableName, type VariableRow } from './variable-rows.ts';

/** String bindings; Workers also bind objects, which are ignored here. */
export type Environment = Readonly<Record<string, unknown>>;

export interface TransferConfig {
  readonly rule: ModeRule;
  readonly riskAversion: number;
  readonly assumedTransferMs: number;
  /** Basis points per square root of a minute; null: measured. */
  readonly volatilityBps: number | null;
  readonly volatilityIntervalMs: number;
  /** 0: exchanges are not asked. */
  readonly networksRefreshMs: number;
}

export interface Config {
  /** Null: nobody may push. */
  readonly ingestToken: string | null;
  readonly ingestSource: 'live' | 'synthetic';
  /** A detector's feed is `remote` or `ingest`. */
  readonly role: 'all' | 'market' | 'detector';
  readonly feed: 'ccxt' | 'synthetic' | 'ingest' | 'remote';
  /** Null: neither a market service nor its client. */
  readonly market: { readonly url: string | null; readonly token: string } | null;
  readonly exchanges: readonly string[];
  /** `auto`: every symbol that two exchanges share. */
  readonly symbols: readonly string[] | 'auto';
  /** Other addresses of exchanges, JSON as written; empty: none. The ccxt driver parses it. */
  readonly exchangeUrls: string;
  readonly exchangeTimeoutMs: number;
  readonly exchangeStallMs: number;
  readonly exchangePollMs: number;
  /** Null: each market's own fee. */
  readonly takerBps: number | null;
  readonly openEdgeBps: number;
  readonly closeEdgeBps: number;
  /** Infinity: no limit. */
  readonly maxNotionalInQuote: number;
  readonly fixedCostInQuote: number;
  /** Own fees, networks and balances. */
  readonly terms: Terms;
  readonly transfer: TransferConfig;
  /** Infinity: no limit. */
  readonly maxAgeMs: number;
  /** Infinity: no limit. */
  readonly maxFutureMs: number;
  /** Infinity: no limit. */
  readonly maxSkewMs: number;
  /** Infinity: no limit. */
  readonly priceBandBps: number;
  /** 2: pairs only. */
  readonly maxLegs: number;
  /** A symbol over more than two exchanges at once is an opportunity of its own. */
  readonly hasMulti: boolean;
  readonly pegs: readonly { readonly asset: string; readonly reference: string }[];
  /** Infinity: no alarm. */
  readonly depegBps: number;
  /** Contracts to read beside spot; empty: none. */
  readonly contracts: readonly ('perpetual' | 'dated')[];
  readonly basisNotionalInQuote: number;
  readonly basisHorizonDays: number;
  /** Infinity: no limit. */
  readonly maxFundingAgeMs: number;
  readonly roundIntervalMs: number;
  readonly maxSymbolsCount: number;
  readonly maxExchangesCount: number;
  readonly bookLevelsCount: number;
  readonly synthetic: {
    readonly seed: number;
    readonly exchangesCount: number;
    readonly symbolsCount: number;
    readonly updatesPerSecond: number;
  };
  readonly marketShardsCount: number;
  readonly outboxResendMs: number;
  readonly host: string;
  readonly port: number;
  readonly corsOrigins: readonly string[];
  /** Null: traces and metrics are public. */
  readonly apiToken: string | null;
  /** Null: the embedded database. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** Infinity: never delete. */
  readonly retentionDays: number;
  readonly storeQueueCount: number;
  /** Null: the cache is in memory. */
  readonly upstash: { readonly url: string; readonly token: string } | null;
  /** Null: this process does everything. */
  readonly shards: {
    /** Parts of the symbols; with cycles there is one more. */
    readonly count: number;
    readonly leaseMs: number;
    /** Null: Upstash. */
    readonly redisUrl: string | null;
  } | null;
  readonly cacheTtlMs: number;
  readonly cacheMaxEntries: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'auto' | 'json' | 'text';
  readonly shutdownTimeoutMs: number;
}

/**
 * Reads the environment. Empty is unset.
 *
 * @throws {SpreadscopeError} `config_invalid`, naming the variable, what was expected and what came (never a secret).
 */
export function parseConfig(env: Environment): Config {
  const read = createReader(env);
  const openEdgeBps = read.number('OPEN_EDGE_BPS');
  const closeEdgeBps = read.number('CLOSE_EDGE_BPS');
  if (closeEdgeBps > openEdgeBps) {
    throw invalid('CLOSE_EDGE_BPS', `at most OPEN_EDGE_BPS (${openEdgeBps})`, String(closeEdgeBps));
  }
  const role = parseRole(read, env);
  const ingestToken = read.token('INGEST_TOKEN');
  if (role.feed === 'ingest' && ingestToken === null) {
    throw invalid('INGEST_TOKEN', 'a value, because FEED is ingest', 'nothing');
  }
  const symbols = read.list('SYMBOLS');
  const upstashUrl = read.url('UPSTASH_REDIS_REST_URL');
  const upstashToken = read.text('UPSTASH_REDIS_REST_TOKEN');
  if ((upstashUrl === null) !== (upstashToken === '')) {
    const missing = upstashUrl === null ? 'UPSTASH_REDIS_REST_URL' : 'UPSTASH_REDIS_REST_TOKEN';
    throw invalid(missing, 'a value, because the other of the pair is set', 'nothing');
  }
  return Object.freeze({
    ingestToken,
    ingestSource: read.choice('INGEST_SOURCE', ['live', 'synthetic']),
    ...role,
    exchanges: read.list('EXCHANGES'),
    symbols: symbols.length === 1 && symbols[0] === 'auto' ? 'auto' : symbols,
    exchangeUrls: read.text('EXCHANGE_URLS'),
    exchangeTimeoutMs: read.number('EXCHANGE_TIMEOUT_MS'),
    exchangeStallMs: read.number('EXCHANGE_STALL_MS'),
    exchangePollMs: read.number('EXCHANGE_POLL_MS'),
    takerBps: read.text('TAKER_BPS') === '' ? null : read.number('TAKER_BPS'),
    openEdgeBps,
    closeEdgeBps,
    maxNotionalInQuote: zeroIsUnlimited(read.number('MAX_NOTIONAL')),
    fixedCostInQuote: read.number('FIXED_COST'),
    terms: parseTerms(read.text('TERMS')),
    transfer: Object.freeze({
      rule: read.choice('TRANSFER_MODE', ['inventory', 'transfer', 'either']),
      riskAversion: read.number('RISK_AVERSION'),
      assumedTransferMs: read.number('TRANSFER_MS'),
      volatilityBps: read.text('VOLATILITY_BPS') === '' ? null : read.number('VOLATILITY_BPS'),
      volatilityIntervalMs: read.number('VOLATILITY_INTERVAL_MS'),
      networksRefreshMs: read.number('NETWORKS_REFRESH_MS'),
    }),
    maxAgeMs: read.age('MAX_AGE_MS'),
    maxFutureMs: read.age('MAX_FUTURE_MS'),
    maxSkewMs: read.age('MAX_SKEW_MS'),
    priceBandBps: read.age('PRICE_BAND_BPS'),
    maxLegs: read.number('MAX_LEGS'),
    hasMulti: read.choice('MULTI', ['off', 'on']) === 'on',
    pegs: Object.freeze(read.list('PEGS').map(toPeg)),
    depegBps: read.age('DEPEG_BPS'),
    contracts: Object.freeze(read.list('CONTRACTS').map(toContractKind)),
    basisNotionalInQuote: read.number('BASIS_NOTIONAL'),
    basisHorizonDays: read.number('BASIS_HORIZON_DAYS'),
    maxFundingAgeMs: read.age('MAX_FUNDING_AGE_MS'),
    roundIntervalMs: read.number('ROUND_INTERVAL_MS'),
    maxSymbolsCount: read.number('MAX_SYMBOLS'),
    maxExchangesCount: read.number('MAX_EXCHANGES'),
    bookLevelsCount: read.number('BOOK_LEVELS'),
    synthetic: Object.freeze({
      seed: read.number('SYNTHETIC_SEED'),
      exchangesCount: read.number('SYNTHETIC_EXCHANGES'),
      symbolsCount: read.number('SYNTHETIC_SYMBOLS'),
      updatesPerSecond: read.number('SYNTHETIC_UPDATES_PER_SECOND'),
    }),
    marketShardsCount: read.number('MARKET_SHARDS'),
    outboxResendMs: read.number('OUTBOX_RESEND_MS'),
    host: read.text('HOST'),
    port: read.number('PORT'),
    corsOrigins: read.list('CORS_ORIGINS'),
    apiToken: read.token('API_TOKEN'),
    databaseUrl: read.secretUrl('DATABASE_URL'),
    dataDir: read.text('DATA_DIR'),
    retentionDays: zeroIsUnlimited(read.number('RETENTION_DAYS')),
    storeQueueCount: read.number('STORE_QUEUE_COUNT'),
    upstash: upstashUrl === null ? null : Object.freeze({ url: upstashUrl, token: upstashToken }),
    shards: parseShards(read, upstashUrl !== null),
    cacheTtlMs: read.number('CACHE_TTL_MS'),
    cacheMaxEntries: read.number('CACHE_MAX_ENTRIES'),
    logLevel: read.choice('LOG_LEVEL', ['debug', 'info', 'warn', 'error']),
    logFormat: read.choice('LOG_FORMAT', ['auto', 'json', 'text']),
    shutdownTimeoutMs: read.number('SHUTDOWN_TIMEOUT_MS'),
  });
}

type Reader = ReturnType<typeof createReader>;

/** A market service has a secret, a detector also an address; a detector reads nothing else. */
function parseRole(read: Reader, env: Environment): Pick<Config, 'role' | 'feed' | 'market'> {
  const role = read.choice('ROLE', ['all', 'market', 'detector']);
  const isFeedGiven = typeof env.FEED === 'string' && env.FEED.trim() !== '';
  const given = read.choice('FEED', ['ccxt', 'synthetic', 'ingest', 'remote']);
  const feed = role === 'detector' && !isFeedGiven ? 'remote' : given;
  if (role === 'detector' && feed !== 'remote' && feed !== 'ingest') {
    throw invalid('FEED', 'remote, ingest or nothing, because ROLE is detector', `"${feed}"`);
  }
  if (role !== 'detector' && feed === 'remote') {
    throw invalid('ROLE', 'detector, because FEED is remote', JSON.stringify(role));
  }
  const url = read.url('MARKET_URL');
  const token = read.token('MARKET_TOKEN');
  if (role === 'all' || (role === 'detector' && feed === 'ingest')) {
    return { role, feed, market: null };
  }
  if (token === null) throw invalid('MARKET_TOKEN', `a value, because ROLE is ${role}`, 'nothing');
  if (role === 'detector' && url === null) {
    throw invalid('MARKET_URL', 'a value, because ROLE is detector', 'nothing');
  }
  return { role, feed, market: Object.freeze({ url, token }) };
}

/** Leases need a Redis, one way or the other. */
function parseShards(read: Reader, hasUpstash: boolean): Config['shards'] {
  const count = read.number('DETECTOR_SHARDS');
  const leaseMs = read.number('SHARD_LEASE_MS');
  const redisUrl = read.redisUrl('REDIS_URL');
  if (count === 0) return null;
  if (redisUrl === null && !hasUpstash) {
    const expected = 'a value, or UPSTASH_REDIS_REST_URL, because DETECTOR_SHARDS is set';
    throw invalid('REDIS_URL', expected, 'nothing');
  }
  return Object.freeze({ count, leaseMs, redisUrl });
}

function createReader(env: Environment) {
  const variable = (name: VariableName): VariableRow => {
    const found = VARIABLE_ROWS.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`BUG: variable ${name} is not in the table`);
    return found;
  };
  const text = (name: VariableName): string => {
    const value = env[name];
    const given = typeof value === 'string' ? value.trim() : '';
    return given === '' ? variable(name).default : given;
  };
  const number = (name: VariableName): number => {
    const { kind, min = -Infinity, max = Infinity } = variable(name);
    const given = text(name);
    const value = given === '' ? Number.NaN : Number(given);
    const isInteger = kind !== 'integer' || Number.isInteger(value);
    if (Number.isFinite(value) && isInteger && value >= min && value <= max) return value;
    throw invalid(name, describeNumber(kind, min, max), JSON.stringify(given));
  };
  return {
    text,
    number,
    age: (name: VariableName): number =>
      text(name).toLowerCase() === 'off' ? Number.POSITIVE_INFINITY : number(name),
    list: (name: VariableName): readonly string[] =>
      Object.freeze([
        ...new Set(
          text(name)
            .split(',')
            .map((item) => item.trim())
            .filter(Boolean),
        ),
      ]),
    choice: <Choice extends string>(name: VariableName, choices: readonly Choice[]): Choice => {
      const given = text(name).toLowerCase();
      const found = choices.find((choice) => choice === given);
      if (found === undefined)
        throw invalid(name, `one of ${choices.join(', ')}`, JSON.stringify(given));
      return found;
    },
    url: (name: VariableName): string | null => {
      const given = text(name);
      if (given === '') return null;
      if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given;
      throw invalid(name, 'an http or https URL', 'something else');
    },
    /** As RFC 6750 writes bearer tokens; too short a one could be guessed. */
    token: (name: VariableName): string | null => {
      const given = text(name);
      if (given === '') return null;
      if (/^[\w.~+/-]{16,512}=*$/.test(given)) return given;
      throw invalid(name, '16 or more of A-Z a-z 0-9 . _ ~ + / -', 'something else');
    },
    redisUrl: (name: VariableName): string | null => {
      const given = text(name);
      if (given === '') return null;
      if (URL.canParse(given) && /^rediss?:$/.test(new URL(given).protocol)) return given;
      throw invalid(name, 'a redis:// or rediss:// URL', 'something else');
    },
    secretUrl: (name: VariableName): string | null => {
      const given = text(name);
      if (given === '') return null;
      if (URL.canParse(given) && /^postgres(ql)?:$/.test(new URL(given).protocol)) return given;
      throw invalid(name, 'a postgres:// or postgresql:// URL', 'something else');
    },
  };
}

function toPeg(text: string): Config['pegs'][number] {
  const match = /^([^/:\s]+)\/([^/:\s]+)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined || match[1] === match[2]) {
    throw invalid('PEGS', 'ASSET/REFERENCE such as USDC/USD', JSON.stringify(text));
  }
  return Object.freeze({ asset: match[1], reference: match[2] });
}

function toContractKind(text: string): Config['contracts'][number] {
  if (text === 'perpetual' || text === 'dated') return text;
  throw invalid('CONTRACTS', 'perpetual, dated or both', JSON.stringify(text));
}

function describeNumber(kind: VariableRow['kind'], min: number, max: number): string {
  const noun = kind === 'integer' ? 'a whole number' : 'a number';
  const orOff = kind === 'age' ? ' or off' : '';
  if (min === -Infinity) return noun + orOff;
  return max === Infinity
    ? `${noun} of at least ${min}${orOff}`
    : `${noun} from ${min} to ${max}${orOff}`;
}

function zeroIsUnlimited(value: number): number {
  return value === 0 ? Number.POSITIVE_INFINITY : value;
}

function invalid(name: VariableName, expected: string, given: string): SpreadscopeError {
  return new SpreadscopeError('config_invalid', `${name}: expected ${expected}, got ${given}`);
}
