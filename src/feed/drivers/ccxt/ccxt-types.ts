/** The part of ccxt 4.5.84 that is used here, declared so that everything it returns is checked before it is believed. */

/** What an exchange says it can do; `'emulated'` (put together from other calls) does not count as having it. */
export type CcxtHas = Readonly<Record<string, boolean | 'emulated' | null | undefined>>;

/** A unified market (ccxt manual, "Market Structure"); fees are ratios. */
export interface CcxtMarket {
  /** The exchange's own name of the market. */
  readonly id?: unknown;
  readonly symbol?: unknown;
  readonly base?: unknown;
  readonly quote?: unknown;
  readonly spot?: unknown;
  readonly swap?: unknown;
  readonly future?: unknown;
  readonly option?: unknown;
  readonly linear?: unknown;
  readonly inverse?: unknown;
  /** When a dated contract is settled, milliseconds since the epoch. */
  readonly expiry?: unknown;
  readonly contractSize?: unknown;
  readonly active?: unknown;
  readonly taker?: unknown;
  readonly maker?: unknown;
  /** False when the fees are amounts, not ratios. */
  readonly percentage?: unknown;
  /** `get`, `give`, `base`, `quote` or `other`; nothing means `quote`. */
  readonly feeSide?: unknown;
  readonly precision?: { readonly price?: unknown; readonly amount?: unknown };
  readonly limits?: {
    readonly amount?: { readonly min?: unknown; readonly max?: unknown };
    readonly cost?: { readonly min?: unknown; readonly max?: unknown };
  };
}

interface CcxtLimit {
  readonly min?: unknown;
  readonly max?: unknown;
}

/** One network of a currency (ccxt manual, "Network Structure"). */
export interface CcxtNetwork {
  readonly active?: unknown;
  readonly deposit?: unknown;
  readonly withdraw?: unknown;
  readonly fee?: unknown;
  readonly limits?: { readonly withdraw?: CcxtLimit; readonly deposit?: CcxtLimit };
}

/** A unified currency (ccxt manual, "Currency Structure"). */
export interface CcxtCurrency {
  readonly deposit?: unknown;
  readonly withdraw?: unknown;
  readonly networks?: unknown;
}

export interface CcxtTicker {
  readonly symbol?: unknown;
  readonly bid?: unknown;
  readonly bidVolume?: unknown;
  readonly ask?: unknown;
  readonly askVolume?: unknown;
  readonly timestamp?: unknown;
}

export interface CcxtOrderBook {
  readonly symbol?: unknown;
  readonly bids?: unknown;
  readonly asks?: unknown;
  readonly timestamp?: unknown;
  readonly nonce?: unknown;
  /** Books of streams: cuts both sides to the depth that was subscribed to; levels beyond it are out of date. */
  limit?(): unknown;
}

/** A unified funding rate (ccxt manual, "Funding Rate Structure"). */
export interface CcxtFundingRate {
  readonly symbol?: unknown;
  readonly fundingRate?: unknown;
  /** When `fundingRate` is paid, milliseconds since the epoch. */
  readonly fundingTimestamp?: unknown;
  /** The payment after that one; some exchanges give this one alone. */
  readonly nextFundingTimestamp?: unknown;
  /** Such as `8h`. */
  readonly interval?: unknown;
  readonly markPrice?: unknown;
  readonly indexPrice?: unknown;
  readonly timestamp?: unknown;
}

export type FundingBySymbol = Readonly<Record<string, CcxtFundingRate | undefined>>;

export interface CcxtTrading {
  readonly taker?: unknown;
  readonly maker?: unknown;
}

/** A WebSocket connection of ccxt. */
export interface CcxtClient {
  readonly url: string;
  readonly connection?: { terminate?(): void };
  /** How binary messages are read: unpacked, and otherwise taken as text unless `decompressBinary` is false. */
  readonly gunzip?: unknown;
  readonly inflate?: unknown;
  readonly decompressBinary?: unknown;
  onMessage(event: { readonly data: unknown }): void;
  reject(error: unknown): unknown;
  reset(error: unknown): void;
}

export type TickersBySymbol = Readonly<Record<string, CcxtTicker | undefined>>;

/** One exchange of ccxt. Methods that `has` denies throw ccxt's `NotSupported`. */
export interface CcxtExchange {
  readonly id: string;
  readonly has: CcxtHas;
  readonly precisionMode: number;
  readonly urls: { api?: unknown };
  readonly clients: Readonly<Record<string, CcxtClient>>;
  readonly orderbooks: Readonly<Record<string, CcxtOrderBook | undefined>>;
  readonly bidsasks: TickersBySymbol;
  readonly tickers: TickersBySymbol;
  /** What came with the markets. */
  /** By symbol, once loaded. */
  readonly markets?: Readonly<Record<string, CcxtMarket>>;
  readonly currencies?: unknown;
  /** Fees as ccxt knows them without asking. */
  readonly fees?: unknown;
  options: Record<string, unknown>;
  timeout: number;
  enableRateLimit: boolean;
  fetchImplementation: unknown;
  httpAgent: unknown;
  log: (...values: readonly unknown[]) => void;
  client: (url: string) => CcxtClient;
  handleMessage: (client: CcxtClient, message: unknown) => unknown;
  handleRestResponse: (response: Response, ...request: readonly unknown[]) => Promise<unknown>;
  numberToString(value: number): string | undefined;
  loadMarkets(reload?: boolean): Promise<Readonly<Record<string, CcxtMarket>>>;
  /** By unified code; nothing where it needs keys. */
  fetchCurrencies(): Promise<unknown>;
  /** The exchange's clock, milliseconds since the epoch. */
  fetchTime(): Promise<unknown>;
  fetchOrderBook(symbol: string, limit?: number): Promise<CcxtOrderBook>;
  fetchTickers(symbols?: readonly string[]): Promise<TickersBySymbol>;
  fetchBidsAsks(symbols?: readonly string[]): Promise<TickersBySymbol>;
  fetchFundingRate(symbol: string): Promise<CcxtFundingRate>;
  fetchFundingRates(symbols?: readonly string[]): Promise<FundingBySymbol>;
  fetchFundingInterval(symbol: string): Promise<CcxtFundingRate>;
  fetchFundingIntervals(symbols?: readonly string[]): Promise<FundingBySymbol>;
  watchTicker(symbol: string): Promise<CcxtTicker>;
  watchTickers(symbols: readonly string[]): Promise<TickersBySymbol>;
  watchBidsAsks(symbols: readonly string[]): Promise<TickersBySymbol>;
  watchOrderBook(symbol: string): Promise<CcxtOrderBook>;
  watchOrderBookForSymbols(symbols: readonly string[]): Promise<CcxtOrderBook>;
  close(): Promise<unknown>;
}

type ErrorClass = abstract new (...parameters: never[]) => Error;

/** The classes of ccxt's error tree that a code depends on. */
export interface CcxtErrors {
  readonly AuthenticationError: ErrorClass;
  readonly BadResponse: new (message: string) => Error;
  readonly BadSymbol: ErrorClass;
  readonly BaseError: ErrorClass;
  readonly ChecksumError: ErrorClass;
  readonly DDoSProtection: ErrorClass;
  readonly ExchangeClosedByUser: ErrorClass;
  readonly ExchangeNotAvailable: ErrorClass;
  readonly InvalidNonce: ErrorClass;
  readonly NetworkError: ErrorClass;
  readonly NotSupported: ErrorClass;
  readonly OnMaintenance: ErrorClass;
  readonly RateLimitExceeded: ErrorClass;
  readonly RequestTimeout: ErrorClass;
  readonly RestrictedLocation: ErrorClass;
}

type ExchangeClass = new (config: Readonly<Record<string, unknown>>) => CcxtExchange;

/** The package: classes by exchange id, REST at the top and WebSocket under `pro`. */
export interface CcxtLibrary {
  readonly exchanges: readonly string[];
  readonly errors: CcxtErrors;
  /** Null when ccxt has no such exchange. The WebSocket class where there is one: it speaks REST too. */
  exchangeClass(id: string): ExchangeClass | null;
}
