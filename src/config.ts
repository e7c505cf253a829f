/**
 * The one table of variables. `parseConfig(env)` turns an environment (process.env, Worker bindings) into a frozen
 * `Config`; an unknown value is an error that names the variable. `OTEL_*` and `TELEMETRY_*` belong to the telemetry
 * layer, which follows the specification's rules for them.
 */

import { SpreadscopeError } from './domain/errors.ts';

/** String bindings; Workers also bind objects, which are ignored here. */
export type Environment = Readonly<Record<string, unknown>>;

export interface Variable {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'number' | 'list' | 'choice' | 'url' | 'secret' | 'age';
  readonly unit: string;
  /** As it would be written in the environment; empty means unset. */
  readonly default: string;
  readonly meaning: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

/** Every variable that Spreadscope reads, in the order of the README's table. */
export const VARIABLES = [
  {
    name: 'FEED',
    kind: 'choice',
    unit: '',
    default: 'ccxt',
    choices: ['ccxt', 'synthetic'],
    meaning: 'Where market data comes from.',
  },
  {
    name: 'EXCHANGES',
    kind: 'list',
    unit: 'ccxt ids',
    default: 'binance,coinbase,kraken,okx,bybit,kucoin,gate,bitget',
    meaning: 'Exchanges to watch.',
  },
  {
    name: 'SYMBOLS',
    kind: 'list',
    unit: 'BASE/QUOTE',
    default: 'BTC/USDT,ETH/USDT,SOL/USDT,XRP/USDT,ADA/USDT,DOGE/USDT,LTC/USDT,ETH/BTC',
    meaning: 'Symbols to watch, or `auto` for all that two exchanges share.',
  },
  {
    name: 'TAKER_BPS',
    kind: 'number',
    unit: 'bps',
    default: '',
    min: -100,
    max: 1000,
    meaning: 'Overrides every taker fee; unset: what each exchange says.',
  },
  {
    name: 'OPEN_EDGE_BPS',
    kind: 'number',
    unit: 'bps',
    default: '2',
    min: 0,
    max: 10000,
    meaning: 'An opportunity opens when its edge after all costs is above this.',
  },
  {
    name: 'CLOSE_EDGE_BPS',
    kind: 'number',
    unit: 'bps',
    default: '0.5',
    min: 0,
    max: 10000,
    meaning:
      'An open opportunity closes when its edge falls to this or below; at most OPEN_EDGE_BPS.',
  },
  {
    name: 'MAX_NOTIONAL',
    kind: 'number',
    unit: 'quote asset',
    default: '10000',
    min: 0,
    meaning: 'Most to spend on the bought leg of one opportunity; 0: no limit.',
  },
  {
    name: 'MAX_AGE_MS',
    kind: 'age',
    unit: 'ms',
    default: '5000',
    min: 1,
    meaning: 'Quotes and books older than this are not used; `off`: no limit.',
  },
  {
    name: 'MAX_FUTURE_MS',
    kind: 'age',
    unit: 'ms',
    default: '1000',
    min: 0,
    meaning: 'An exchange time further ahead of this clock than this is not used; `off`: no limit.',
  },
  {
    name: 'ROUND_INTERVAL_MS',
    kind: 'integer',
    unit: 'ms',
    default: '50',
    min: 0,
    max: 60000,
    meaning: 'Least time between two detection rounds.',
  },
  {
    name: 'MAX_SYMBOLS',
    kind: 'integer',
    unit: 'symbols',
    default: '4096',
    min: 1,
    max: 65536,
    meaning: 'Capacity of the kernel.',
  },
  {
    name: 'MAX_EXCHANGES',
    kind: 'integer',
    unit: 'exchanges',
    default: '64',
    min: 2,
    max: 256,
    meaning: 'Capacity of the kernel.',
  },
  {
    name: 'BOOK_LEVELS',
    kind: 'integer',
    unit: 'levels a side',
    default: '100',
    min: 1,
    max: 10000,
    meaning: 'Depth kept and requested.',
  },
  {
    name: 'SYNTHETIC_SEED',
    kind: 'integer',
    unit: '',
    default: '1',
    min: 0,
    max: 4294967295,
    meaning: 'Seed of the synthetic market: same seed, same updates.',
  },
  {
    name: 'SYNTHETIC_EXCHANGES',
    kind: 'integer',
    unit: 'exchanges',
    default: '8',
    min: 2,
    max: 64,
    meaning: 'Exchanges of the synthetic market.',
  },
  {
    name: 'SYNTHETIC_SYMBOLS',
    kind: 'integer',
    unit: 'symbols',
    default: '24',
    min: 1,
    max: 4096,
    meaning: 'Symbols of the synthetic market.',
  },
  {
    name: 'SYNTHETIC_UPDATES_PER_SECOND',
    kind: 'integer',
    unit: 'updates/s',
    default: '400',
    min: 1,
    max: 1000000,
    meaning: 'Updates of the synthetic market, over all markets.',
  },
  { name: 'HOST', kind: 'text', unit: '', default: 'localhost', meaning: 'Address to listen on.' },
  {
    name: 'PORT',
    kind: 'integer',
    unit: '',
    default: '8787',
    min: 0,
    max: 65535,
    meaning: 'Port to listen on; 0: any free one.',
  },
  {
    name: 'CORS_ORIGINS',
    kind: 'list',
    unit: 'origins',
    default: '',
    meaning: 'Origins that may call the API from a browser, or `*`.',
  },
  {
    name: 'DATABASE_URL',
    kind: 'secret',
    unit: '',
    default: '',
    meaning: 'Neon connection string; unset: the embedded database in DATA_DIR.',
  },
  {
    name: 'DATA_DIR',
    kind: 'text',
    unit: 'path',
    default: '.data',
    meaning: 'Folder of the embedded database; `memory` keeps nothing.',
  },
  {
    name: 'RETENTION_DAYS',
    kind: 'number',
    unit: 'days',
    default: '30',
    min: 0,
    max: 36500,
    meaning: 'Closed opportunities older than this are deleted; 0: never.',
  },
  {
    name: 'STORE_QUEUE_COUNT',
    kind: 'integer',
    unit: 'opportunities',
    default: '10000',
    min: 1,
    max: 10000000,
    meaning: 'Most opportunities that wait to be written; more are dropped and counted.',
  },
  {
    name: 'UPSTASH_REDIS_REST_URL',
    kind: 'url',
    unit: '',
    default: '',
    meaning: 'Upstash Redis; unset: the cache is in memory.',
  },
  {
    name: 'UPSTASH_REDIS_REST_TOKEN',
    kind: 'secret',
    unit: '',
    default: '',
    meaning: 'Token for UPSTASH_REDIS_REST_URL.',
  },
  {
    name: 'CACHE_TTL_MS',
    kind: 'integer',
    unit: 'ms',
    default: '30000',
    min: 1,
    max: 86400000,
    meaning: 'Lifetime of cached market data.',
  },
  {
    name: 'CACHE_MAX_ENTRIES',
    kind: 'integer',
    unit: 'entries',
    default: '10000',
    min: 1,
    max: 10000000,
    meaning: 'Bound of the memory cache.',
  },
  {
    name: 'LOG_LEVEL',
    kind: 'choice',
    unit: '',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error'],
    meaning: 'Least severity that is logged.',
  },
  {
    name: 'LOG_FORMAT',
    kind: 'choice',
    unit: '',
    default: 'auto',
    choices: ['auto', 'json', 'text'],
    meaning: '`auto`: text on a terminal, JSON elsewhere.',
  },
  {
    name: 'SHUTDOWN_TIMEOUT_MS',
    kind: 'integer',
    unit: 'ms',
    default: '10000',
    min: 100,
    max: 600000,
    meaning: 'Most time a clean shutdown may take.',
  },
] as const satisfies readonly Variable[];

export interface Config {
  readonly feed: 'ccxt' | 'synthetic';
  readonly exchanges: readonly string[];
  /** `auto`: every symbol that two exchanges share. */
  readonly symbols: readonly string[] | 'auto';
  /** Null: each market's own fee. */
  readonly takerBps: number | null;
  readonly openEdgeBps: number;
  readonly closeEdgeBps: number;
  /** Infinity: no limit. */
  readonly maxNotionalInQuote: number;
  /** Infinity: no limit. */
  readonly maxAgeMs: number;
  /** Infinity: no limit. */
  readonly maxFutureMs: number;
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
  readonly host: string;
  readonly port: number;
  readonly corsOrigins: readonly string[];
  /** Null: the embedded database. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  /** Infinity: never delete. */
  readonly retentionDays: number;
  readonly storeQueueCount: number;
  /** Null: the cache is in memory. */
  readonly upstash: { readonly url: string; readonly token: string } | null;
  readonly cacheTtlMs: number;
  readonly cacheMaxEntries: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'auto' | 'json' | 'text';
  readonly shutdownTimeoutMs: number;
}

type VariableName = (typeof VARIABLES)[number]['name'];

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
  const symbols = read.list('SYMBOLS');
  const upstashUrl = read.url('UPSTASH_REDIS_REST_URL');
  const upstashToken = read.text('UPSTASH_REDIS_REST_TOKEN');
  if ((upstashUrl === null) !== (upstashToken === '')) {
    const missing = upstashUrl === null ? 'UPSTASH_REDIS_REST_URL' : 'UPSTASH_REDIS_REST_TOKEN';
    throw invalid(missing, 'a value, because the other of the pair is set', 'nothing');
  }
  return Object.freeze({
    feed: read.choice('FEED', ['ccxt', 'synthetic']),
    exchanges: read.list('EXCHANGES'),
    symbols: symbols.length === 1 && symbols[0] === 'auto' ? 'auto' : symbols,
    takerBps: read.text('TAKER_BPS') === '' ? null : read.number('TAKER_BPS'),
    openEdgeBps,
    closeEdgeBps,
    maxNotionalInQuote: zeroIsUnlimited(read.number('MAX_NOTIONAL')),
    maxAgeMs: read.age('MAX_AGE_MS'),
    maxFutureMs: read.age('MAX_FUTURE_MS'),
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
    host: read.text('HOST'),
    port: read.number('PORT'),
    corsOrigins: read.list('CORS_ORIGINS'),
    databaseUrl: read.secretUrl('DATABASE_URL'),
    dataDir: read.text('DATA_DIR'),
    retentionDays: zeroIsUnlimited(read.number('RETENTION_DAYS')),
    storeQueueCount: read.number('STORE_QUEUE_COUNT'),
    upstash: upstashUrl === null ? null : Object.freeze({ url: upstashUrl, token: upstashToken }),
    cacheTtlMs: read.number('CACHE_TTL_MS'),
    cacheMaxEntries: read.number('CACHE_MAX_ENTRIES'),
    logLevel: read.choice('LOG_LEVEL', ['debug', 'info', 'warn', 'error']),
    logFormat: read.choice('LOG_FORMAT', ['auto', 'json', 'text']),
    shutdownTimeoutMs: read.number('SHUTDOWN_TIMEOUT_MS'),
  });
}

function createReader(env: Environment) {
  const variable = (name: VariableName): Variable => {
    const found = VARIABLES.find((candidate) => candidate.name === name);
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
    secretUrl: (name: VariableName): string | null => {
      const given = text(name);
      if (given === '') return null;
      if (URL.canParse(given) && /^postgres(ql)?:$/.test(new URL(given).protocol)) return given;
      throw invalid(name, 'a postgres:// or postgresql:// URL', 'something else');
    },
  };
}

function describeNumber(kind: Variable['kind'], min: number, max: number): string {
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
