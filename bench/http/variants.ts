/** The variants of the trivial application: bare, ours in every mode, and the common way with the official SDK. */

import { httpInstrumentationMiddleware } from '@hono/otel';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { Hono } from 'hono';
import { ensureContextManager } from '../../src/telemetry/context-manager.ts';
import { traceFetch } from '../../src/telemetry/http-server.ts';
import type { Telemetry } from '../../src/telemetry/telemetry.ts';
import type { TelemetryOptions } from '../../src/telemetry/telemetry-options.ts';
import { withHeadersRead } from './headers-read.ts';

export type Handler = (request: Request, ...rest: unknown[]) => Response | Promise<Response>;

/**
 * Spans that may wait, and spans in an export: the same for both layers, enough that none is dropped under load, and
 * that an export, which holds up whoever is being served, falls on fewer than one request in a hundred.
 */
const QUEUE_SPANS_COUNT = 65_536;
const BATCH_SPANS_COUNT = 8_192;
/** What `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` is by default. */
const DEFAULT_BATCH_SPANS_COUNT = 512;
const DELAY_MS = 1_000;

export const HTTP_VARIANTS = [
  { name: 'bare', role: 'floor' },
  { name: 'headers read', role: 'floor' },
  { name: 'ours noop', role: 'ours' },
  { name: 'ours unsampled', role: 'ours' },
  { name: 'ours sampled', role: 'ours' },
  { name: 'ours sampled+redact', role: 'ours' },
  { name: 'ours 1 %', role: 'ours' },
  { name: 'ours 100 %', role: 'ours' },
  { name: 'ours 100 %, small batches', role: 'ours' },
  { name: '@hono/otel 1 %', role: 'peer' },
  { name: '@hono/otel 100 %', role: 'peer' },
] as const;

export type HttpVariant = (typeof HTTP_VARIANTS)[number]['name'];

/** How one of our variants differs from a service's defaults. */
type Setting = Readonly<Record<string, string>>;

const RATIO = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' };
const SMALL = { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(DEFAULT_BATCH_SPANS_COUNT) };
const NO_EXPORT = { OTEL_TRACES_EXPORTER: 'none' };

const SETTINGS: Readonly<Partial<Record<HttpVariant, Setting>>> = {
  'ours noop': { OTEL_SDK_DISABLED: 'true' },
  'ours unsampled': { OTEL_TRACES_SAMPLER: 'always_off' },
  'ours sampled': { ...NO_EXPORT, TELEMETRY_REDACT: 'false' },
  'ours sampled+redact': NO_EXPORT,
  'ours 1 %': RATIO,
  'ours 100 %': {},
  'ours 100 %, small batches': SMALL,
};

export interface HandlerOptions {
  /** Where spans are sent, the base of an OTLP endpoint. */
  readonly collectorUrl: string;
  /** The factory of the platform. */
  readonly createLayer: (options: TelemetryOptions) => Telemetry;
}

/** @throws {TypeError} when the bench has no such variant. */
export function createHandler(variant: string, options: HandlerOptions): Handler {
  const known = HTTP_VARIANTS.find(({ name }) => name === variant)?.name;
  if (known === undefined) {
    throw new TypeError(`variant: expected one of the bench, got ${JSON.stringify(variant)}`);
  }
  const setting = SETTINGS[known];
  if (setting !== undefined) return createOurs(setting, options);
  if (known === 'bare') return toHandler(withRoute(new Hono()));
  if (known === 'headers read') return withHeadersRead(toHandler(withRoute(new Hono())));
  return createPeer(known === '@hono/otel 100 %' ? 1 : 0.01, options);
}

function withRoute(app: Hono): Hono {
  return app.get('/hello/:name', (context) => context.json({ hello: context.req.param('name') }));
}

function toHandler(app: Hono): (request: Request) => Response | Promise<Response> {
  return (request) => app.fetch(request);
}

/** As a service has it, metrics included; the budget that would lower the sampling is off. */
function createOurs(setting: Setting, { collectorUrl, createLayer }: HandlerOptions): Handler {
  const telemetry = createLayer({
    serviceName: 'bench',
    processors: setting.OTEL_TRACES_EXPORTER === 'none' ? [createIdleProcessor()] : [],
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collectorUrl}/v1/traces`,
      OTEL_TRACES_SAMPLER: 'parentbased_always_on',
      OTEL_BSP_MAX_QUEUE_SIZE: String(QUEUE_SPANS_COUNT),
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(BATCH_SPANS_COUNT),
      OTEL_BSP_SCHEDULE_DELAY: String(DELAY_MS),
      TELEMETRY_BUDGET_RATIO: '1',
      TELEMETRY_RECENT_TRACES: '0',
      ...setting,
    },
  });
  return traceFetch<unknown[], Response>(telemetry, toHandler(withRoute(new Hono())));
}

/** Spans are recorded for it, and go nowhere. */
function createIdleProcessor(): SpanProcessor {
  return {
    onStart: () => {},
    onEnd: () => {},
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

/** On Workers a batch processor's timers die with the request: there a batch is flushed under `waitUntil`. */
function createPeer(ratio: number, { collectorUrl }: HandlerOptions): Handler {
  ensureContextManager();
  const root = ratio === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(ratio);
  const exporter = new OTLPTraceExporter({ url: `${collectorUrl}/v1/traces` });
  const tracerProvider = new BasicTracerProvider({
    sampler: new ParentBasedSampler({ root }),
    spanProcessors: [
      new BatchSpanProcessor(exporter, {
        maxQueueSize: QUEUE_SPANS_COUNT,
        maxExportBatchSize: BATCH_SPANS_COUNT,
        scheduledDelayMillis: DELAY_MS,
      }),
    ],
  });
  const app = new Hono();
  app.use(httpInstrumentationMiddleware({ tracerProvider }));
  const handler = toHandler(withRoute(app));
  return (request, ...rest) => {
    flushUnder(rest[1], () => tracerProvider.forceFlush());
    return handler(request);
  };
}

/** One flush a second, as ours has it. */
let nextFlushMs = 0;

function flushUnder(executionContext: unknown, flush: () => Promise<void>): void {
  const { waitUntil } = (executionContext ?? {}) as {
    readonly waitUntil?: (work: Promise<void>) => void;
  };
  if (waitUntil === undefined || Date.now() < nextFlushMs) return;
  nextFlushMs = Date.now() + DELAY_MS;
  const later = new Promise((resolve) => setTimeout(resolve, DELAY_MS));
  waitUntil.call(executionContext, later.then(flush));
}
