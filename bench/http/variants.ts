/** The variants of the trivial application: bare, ours, and the common way with the official SDK. */

import { httpInstrumentationMiddleware } from '@hono/otel';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { Hono } from 'hono';
import { ensureContextManager } from '../../src/telemetry/context-manager.ts';
import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import { traceFetch } from '../../src/telemetry/http-server.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';

export type Handler = (request: Request) => Response | Promise<Response>;

/** Spans that may wait, and spans in an export: the same for both layers, enough that none is dropped under load. */
const QUEUE_SPANS_COUNT = 65_536;
const BATCH_SPANS_COUNT = 512;
const DELAY_MS = 1_000;

export const HTTP_VARIANTS = [
  { name: 'bare', role: 'floor' },
  { name: 'ours 100 %', role: 'ours' },
  { name: 'ours 1 %', role: 'ours' },
  { name: '@hono/otel 100 %', role: 'peer' },
  { name: '@hono/otel 1 %', role: 'peer' },
] as const;

export type HttpVariant = (typeof HTTP_VARIANTS)[number]['name'];

/** @param collectorUrl - where spans are sent, the base of an OTLP endpoint. */
export async function createHandler(variant: string, collectorUrl: string): Promise<Handler> {
  const known = HTTP_VARIANTS.find(({ name }) => name === variant)?.name;
  switch (known) {
    case 'bare':
      return toHandler(withRoute(new Hono()));
    case 'ours 100 %':
      return createOurs(collectorUrl, 1);
    case 'ours 1 %':
      return createOurs(collectorUrl, 0.01);
    case '@hono/otel 100 %':
      return createPeer(collectorUrl, 1);
    case '@hono/otel 1 %':
      return createPeer(collectorUrl, 0.01);
    case undefined:
      throw new TypeError(`variant: expected one of the bench, got ${JSON.stringify(variant)}`);
    default:
      return known satisfies never;
  }
}

function withRoute(app: Hono): Hono {
  return app.get('/hello/:name', (context) => context.json({ hello: context.req.param('name') }));
}

function toHandler(app: Hono): Handler {
  return (request) => app.fetch(request);
}

/** As a service has it, metrics and redaction included; the budget that would lower the sampling is off. */
async function createOurs(collectorUrl: string, ratio: number): Promise<Handler> {
  const telemetry = createTelemetry({
    serviceName: 'bench',
    otlpModule: await loadOtlpModule(),
    env: {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collectorUrl}/v1/traces`,
      OTEL_TRACES_SAMPLER: ratio === 1 ? 'parentbased_always_on' : 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: ratio === 1 ? '' : String(ratio),
      OTEL_BSP_MAX_QUEUE_SIZE: String(QUEUE_SPANS_COUNT),
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: String(BATCH_SPANS_COUNT),
      OTEL_BSP_SCHEDULE_DELAY: String(DELAY_MS),
      TELEMETRY_BUDGET_RATIO: '1',
      TELEMETRY_RECENT_TRACES: '0',
    },
  });
  return traceFetch(telemetry, toHandler(withRoute(new Hono())));
}

function createPeer(collectorUrl: string, ratio: number): Promise<Handler> {
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
  return Promise.resolve(toHandler(withRoute(app)));
}
