/** Detection over a recording in memory: what `replay --json` prints, on whatever runtime this runs. */

import { createReplayReport } from '../../../src/cli/replay-report.ts';
import { systemClock } from '../../../src/domain/clock.ts';
import { createReplayFeed } from '../../../src/feed/drivers/replay/replay-feed.ts';
import { createReferenceCycleKernel } from '../../../src/kernel/cycles/reference-cycle-kernel.ts';
import { createWasmCycleKernel } from '../../../src/kernel/cycles/wasm-cycle-kernel.ts';
import { createReferenceKernel } from '../../../src/kernel/reference.ts';
import { createWasmKernel } from '../../../src/kernel/wasm.ts';
import { createPipeline } from '../../../src/pipeline/pipeline.ts';
import { createTelemetry } from '../../../src/telemetry/create-telemetry.ts';

/** Null: the kernels in plain TypeScript. */
export async function replayText(text: string, module: WebAssembly.Module | null): Promise<string> {
  const lines: string[] = [];
  const report = createReplayReport(true, {
    env: {},
    out: async (line) => {
      lines.push(`${line}\n`);
    },
    note: () => {},
    isTerminal: false,
    interrupted: new AbortController().signal,
  });
  const pipeline = createPipeline({
    feed: createReplayFeed({ open: () => toBytes(text), speed: 'max', clock: systemClock }),
    createKernel: (capacity) =>
      module === null ? createReferenceKernel(capacity) : createWasmKernel(module, capacity),
    cycles: {
      createKernel: (graph) =>
        module === null ? createReferenceCycleKernel(graph) : createWasmCycleKernel(module, graph),
      maxLegs: 4,
    },
    maxSymbolsCount: 1,
    maxExchangesCount: 2,
    bookLevelsCount: 1,
    settings: {
      openEdgeBps: 0,
      closeEdgeBps: 0,
      maxNotionalInQuote: 10_000,
      maxSizeInBase: Number.POSITIVE_INFINITY,
      maxAgeMs: 5_000,
      maxFutureMs: 1_000,
      takerBps: null,
      maxSkewMs: Number.POSITIVE_INFINITY,
      priceBandBps: Number.POSITIVE_INFINITY,
    },
    roundIntervalMs: 0,
    clock: systemClock,
    telemetry: createTelemetry({ env: {}, serviceName: 'test' }),
    onEvents: (events) => report.add(events),
  });
  await pipeline.run(new AbortController().signal);
  const { roundsCount } = pipeline.status();
  const none = { marketsCount: 0, quotesCount: 0, booksCount: 0, badLinesCount: 0 };
  await report.finish({ ...none, roundsCount, isComplete: true, fromMs: null, toMs: null });
  return lines.join('');
}

async function* toBytes(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
