/** A lean provider in front of an encoding processor and a backend in the process, on a fake clock. */

import type { Tracer } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { LossReport } from '../../../src/telemetry/export/loss-log.ts';
import {
  createOtlpTransport,
  type OtlpTransport,
} from '../../../src/telemetry/export/otlp-transport.ts';
import type { OtlpTransportOptions } from '../../../src/telemetry/export/transport-options.ts';
import {
  createEncodingProcessor,
  type EncodingProcessor,
  type EncodingProcessorOptions,
} from '../../../src/telemetry/lean/encoding-processor.ts';
import { loadOtlpModule } from '../../../src/telemetry/lean/load-file.ts';
import {
  createTracerProvider,
  type LeanTracerProvider,
} from '../../../src/telemetry/lean/tracer-provider.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { decodeSpans } from '../export/decode-values.ts';

export interface EncodingRig {
  readonly clock: FakeClock;
  readonly tracer: Tracer;
  readonly provider: LeanTracerProvider;
  readonly processor: EncodingProcessor;
  readonly transport: OtlpTransport;
  readonly reports: readonly LossReport[];
  /** Bodies of the requests so far. */
  readonly bodies: readonly Uint8Array[];
  /** Status of the next answers. */
  status: number;
  /** While true, requests get no answer. */
  isHanging: boolean;
  /** Names of the spans that arrived, in order. */
  names(): readonly string[];
}

export async function createEncodingRig(
  options: Partial<EncodingProcessorOptions> = {},
  transportOptions: Partial<OtlpTransportOptions> = {},
  before: readonly SpanProcessor[] = [],
): Promise<EncodingRig> {
  const module = await loadOtlpModule();
  const clock = createFakeClock();
  const bodies: Uint8Array[] = [];
  const reports: LossReport[] = [];
  const answers = { status: 200, isHanging: false };
  const report = (one: LossReport) => void reports.push(one);
  const transport = createOtlpTransport({
    signal: 'traces',
    url: 'http://collector.test/v1/traces',
    clock,
    report,
    fetch: async (_url, init) => {
      bodies.push(Uint8Array.from(init.body as Uint8Array));
      if (answers.isHanging) await new Promise(() => {});
      return new Response(null, { status: answers.status });
    },
    ...transportOptions,
  });
  const processor = createEncodingProcessor({ module, transport, clock, report, ...options });
  const provider = createTracerProvider({ clock, spanProcessors: [...before, processor] });
  return Object.assign(answers, {
    clock,
    bodies,
    reports,
    transport,
    processor,
    provider,
    tracer: provider.getTracer('rig'),
    names: () => bodies.flatMap((body) => decodeSpans(body).map(({ name }) => String(name))),
  });
}
