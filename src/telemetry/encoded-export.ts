/** Spans become bytes by WASM the moment they end; only the bytes wait. */

import { createEncodingProcessor } from './lean/encoding-processor.ts';
import type { SignalOptions } from './signal-options.ts';
import { createTransport, type SpanExport } from './span-export.ts';

/**
 * For the lean tracer and protobuf.
 *
 * @returns null when nothing is to be exported.
 * @throws {TypeError} when the endpoint is not an http or https URL, or `module` is not the OTLP module.
 */
export function createEncodedExport(
  options: SignalOptions,
  module: WebAssembly.Module,
): SpanExport | null {
  const { clock, config, report } = options;
  if (config.disabled || config.traces.exporter === 'none') return null;
  const { maxBatchCount, maxQueueCount, scheduleDelayMs } = config.spanBatch;
  const transport = createTransport(options);
  const processor = createEncodingProcessor({
    module,
    transport,
    clock,
    report,
    maxQueueItems: maxQueueCount,
    maxBatchItems: maxBatchCount,
    scheduleDelayMs,
  });
  return {
    processor,
    hold: () => processor.hold(),
    accounts: () => processor.accounts(),
    health: () => transport.health(),
  };
}
