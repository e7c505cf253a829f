/** The Worker of the modes bench: does operations under one variant, sends what they caused, and then answers. */

import otlp from '../../build/otlp.wasm';
import { createEdgeTelemetry } from '../../src/telemetry/create-edge-telemetry.ts';
import { toOtlpModule } from '../../src/telemetry/lean/load-module.ts';
import { createModeVariants, type ModeVariant } from '../telemetry/modes.ts';
import { runOperations } from '../telemetry/workload.ts';

let variants: readonly ModeVariant[] | null = null;

export default {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const collectorUrl = searchParams.get('collector') ?? '';
    variants ??= createModeVariants(collectorUrl, (options) =>
      createEdgeTelemetry({
        serviceName: 'bench',
        ...options,
        otlpModule: toOtlpModule(otlp),
      }),
    );
    const variant = variants.find(({ name }) => name === searchParams.get('variant'));
    if (variant === undefined) {
      return Response.json(variants.map(({ name, role }) => ({ name, role })));
    }
    const sum = runOperations(variant.tracer, Number(searchParams.get('count')));
    await variant.flush();
    return Response.json(sum);
  },
};
