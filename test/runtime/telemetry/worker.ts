/** A Worker whose requests, cron and queue end in every way that there is. */

import { ROOT_CONTEXT } from '@opentelemetry/api';
import otlp from '../../../build/otlp.wasm';
import { createEdgeTelemetry } from '../../../src/telemetry/create-edge-telemetry.ts';
import { traceFetch } from '../../../src/telemetry/http-server.ts';
import { toOtlpModule } from '../../../src/telemetry/lean/load-module.ts';
import {
  withBatchConsumerSpan,
  withProducerSpan,
} from '../../../src/telemetry/propagate/messaging.ts';
import { withSpan } from '../../../src/telemetry/spans.ts';
import type { Telemetry } from '../../../src/telemetry/telemetry.ts';

interface Message {
  readonly trace: Readonly<Record<string, string>>;
}

interface Env extends Readonly<Record<string, unknown>> {
  readonly NUMBERS: { send(body: Message): Promise<unknown> };
}

interface Execution {
  waitUntil(work: Promise<unknown>): void;
}

const QUEUE = { system: 'cloudflare_queues', destination: 'numbers' } as const;
const BACKGROUND_MS = 30;
const layers = new WeakMap<object, Telemetry>();

function telemetryOf(env: Env, _execution: Execution): Telemetry {
  const known = layers.get(env);
  if (known !== undefined) return known;
  const otlpModule = toOtlpModule(otlp);
  const identity = { serviceName: 'test-edge', serviceVersion: '0' };
  const layer = createEdgeTelemetry({ env, otlpModule, ...identity });
  layers.set(env, layer);
  return layer;
}

async function answer(request: Request, env: Env, execution: Execution): Promise<Response> {
  const telemetry = telemetryOf(env, execution);
  const { tracer, propagator } = telemetry;
  switch (new URL(request.url).pathname) {
    case '/stream':
      return toStream(3);
    case '/endless':
      return toStream(Number.POSITIVE_INFINITY);
    case '/wait':
      execution.waitUntil(withSpan(tracer, 'background', {}, () => sleep(BACKGROUND_MS)));
      return new Response('ok');
    case '/throw':
      throw new Error('on purpose');
    case '/send':
      await withProducerSpan({ tracer, propagator, ...QUEUE }, (trace) =>
        env.NUMBERS.send({ trace }),
      );
      return new Response('ok');
    case '/accounts':
      return Response.json(telemetry.health());
    default:
      return new Response('ok');
  }
}

function toStream(chunksCount: number): Response {
  let count = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      await sleep(5);
      count += 1;
      controller.enqueue(new TextEncoder().encode(`data: ${count}\n\n`));
      if (count >= chunksCount) controller.close();
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

export default {
  fetch: traceFetch(telemetryOf, answer, { skipPaths: ['/accounts', '/health'] }),
  scheduled: async (_event: unknown, env: Env, execution: Execution): Promise<void> => {
    const telemetry = telemetryOf(env, execution);
    await withSpan(telemetry.tracer, 'cron', { parent: ROOT_CONTEXT }, () => sleep(1));
    execution.waitUntil(telemetry.flush());
  },
  queue: async (
    { messages }: { readonly messages: readonly { readonly body: Message }[] },
    env: Env,
    execution: Execution,
  ): Promise<void> => {
    const telemetry = telemetryOf(env, execution);
    const { tracer, propagator } = telemetry;
    const traces = messages.map(({ body }) => body.trace);
    const options = { tracer, propagator, ...QUEUE, parent: ROOT_CONTEXT };
    await withBatchConsumerSpan(options, traces, () => sleep(1));
    execution.waitUntil(telemetry.flush());
  },
};
