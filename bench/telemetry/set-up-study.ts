/** How long `createTelemetry` takes; each layer is shut down before the next is made, outside the time. */

import { createTelemetry } from '../../src/telemetry/create-telemetry.ts';
import { loadOtlpModule } from '../../src/telemetry/lean/load-file.ts';
import type { RowResult, Study, StudyOptions } from '../bench.ts';
import { openSink } from '../http/sink.ts';
import { toResult } from '../measure.ts';

export const setUpStudy: Study = { name: 'set-up', isStudy: true, measure: measureSetUp };

async function measureSetUp({ isQuick }: StudyOptions): Promise<readonly RowResult[]> {
  const otlpModule = await loadOtlpModule();
  const sink = await openSink();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url };
  const samples: number[] = [];
  for (let count = 0; count < (isQuick ? 3 : 21); count += 1) {
    const startMs = performance.now();
    const telemetry = createTelemetry({ serviceName: 'bench', env, otlpModule });
    samples.push((performance.now() - startMs) * 1e6);
    await telemetry.shutdown();
  }
  sink.close();
  return [
    {
      name: 'set-up',
      question: 'How long does createTelemetry take with every signal on?',
      input: 'traces, metrics and logs over OTLP; the encoder was compiled before',
      notMeasured: 'loading the code, compiling the encoder, the shutdown',
      unit: 'ns',
      variants: [
        toResult({ name: 'ours', role: 'ours' }, samples),
        toResult({ name: 'ours, the first of the process', role: 'ours' }, samples.slice(0, 1)),
      ],
    },
  ];
}
