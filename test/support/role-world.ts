/** Local exchanges, a market-data service as a process that reads them through ccxt, and a collector for all spans. */

import { type ExchangeServer, startExchangeServer } from './exchanges/exchange-server.ts';
import { createOtlpCollector, type OtlpCollector } from './otlp-collector.ts';
import type { CollectedSpan } from './otlp-records.ts';
import { type ServiceProcess, startService } from './service-process.ts';

export const WORLD_SYMBOL = 'BTC/USDT';
/** More than the books that are streamed from one exchange: depth is then fetched on demand. */
const SYMBOLS = [WORLD_SYMBOL, ...Array.from({ length: 33 }, (_, index) => `C${index}/USDT`)];
export const WORLD_TOKEN = 'secret-between-both';

export interface RoleWorld {
  readonly collector: OtlpCollector;
  readonly servers: readonly ExchangeServer[];
  /** Variables of a service whose spans are collected. */
  telemetry(name: string): Readonly<Record<string, string>>;
  startMarket(port?: string): Promise<ServiceProcess>;
  /** The second exchange bids this much more for a coin that costs 100 on the first. */
  setPremium(premium: number): void;
  /**
   * Waits for a trace in which an exchange was asked for depth, and gives the spans above that request, the root first, as
   * `service name KIND`.
   */
  depthPath(detector: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function startRoleWorld(): Promise<RoleWorld> {
  const collector = await createOtlpCollector();
  const options = { symbols: SYMBOLS, republishIntervalMs: 100 };
  const servers = [startExchangeServer('binance', options), startExchangeServer('bybit', options)];
  for (const server of servers) {
    for (const symbol of SYMBOLS) server.setBook(symbol, [[99.9, 5]], [[100, 5]]);
  }
  const telemetry = (name: string) => ({
    OTEL_SERVICE_NAME: name,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_BSP_MAX_QUEUE_SIZE: '50000',
    // Every trace, however busy the machine is.
    TELEMETRY_BUDGET_RATIO: '1',
  });
  const [cheap, dear] = servers;
  return {
    collector,
    servers,
    telemetry,
    startMarket: (port = '0') =>
      startService(['serve'], {
        ...telemetry('market'),
        ...{ ROLE: 'market', MARKET_TOKEN: WORLD_TOKEN, PORT: port, HOST: '127.0.0.1' },
        EXCHANGES: servers.map(({ id }) => id).join(),
        EXCHANGE_URLS: JSON.stringify(
          Object.fromEntries(servers.map(({ id, urls }) => [id, urls])),
        ),
        SYMBOLS: SYMBOLS.join(),
        TELEMETRY_PROPAGATE_HOSTS: '127.0.0.1',
      }),
    setPremium: (premium) => {
      cheap?.setBook(WORLD_SYMBOL, [[99.9, 5]], [[100, 5]]);
      dear?.setBook(WORLD_SYMBOL, [[100 + premium, 5]], [[100.1 + premium, 5]]);
    },
    depthPath: async (detector) => {
      const isWhole = (spans: readonly CollectedSpan[]) => findDepth(spans, detector) !== undefined;
      const spans = await collector.waitForSpans(isWhole);
      return toPath(spans, servers, findDepth(spans, detector)?.traceId ?? '');
    },
    close: async () => {
      for (const server of servers) await server.close();
      await collector.close();
    },
  };
}

/** A book that the market service gave within a round of the detector, of a trace that is there whole. */
function findDepth(spans: readonly CollectedSpan[], detector: string): CollectedSpan | undefined {
  const names = Map.groupBy(spans, ({ traceId }) => traceId);
  return spans.find(({ name, traceId }) => {
    if (name !== 'GET /api/quotes/book') return false;
    const wanted = ['arbitrage.detect_opportunities', 'arbitrage.detect_symbol', 'exchange.call'];
    const own = (names.get(traceId) ?? []).filter(
      (span) => span.resource['service.name'] === detector,
    );
    return wanted.every((each) => own.some((span) => span.name === each));
  });
}

function toPath(
  spans: readonly CollectedSpan[],
  servers: readonly ExchangeServer[],
  traceId: string,
): readonly string[] {
  const byId = new Map(
    spans.filter((span) => span.traceId === traceId).map((span) => [span.spanId, span]),
  );
  const [, , spanId = ''] =
    servers
      .flatMap(({ requests }) => requests)
      .map(({ headers }) => headers.get('traceparent')?.split('-') ?? [])
      .find(([, id]) => id === traceId) ?? [];
  const path: string[] = [];
  let span = byId.get(spanId);
  while (span !== undefined) {
    path.unshift(`${span.resource['service.name']} ${span.name} ${span.kind}`);
    span = byId.get(span.parentSpanId ?? '');
  }
  return path;
}
