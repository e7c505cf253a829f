/** The modes on workerd, timed from outside. */

import type { RowResult, Study, StudyOptions } from '../bench.ts';
import { startChild } from '../http/child.ts';
import type { ModeVariant } from '../telemetry/modes.ts';
import { measureInTurns, toModeRows } from '../telemetry/modes-study.ts';
import { OTLP_MODULE, serveOnWorkerd } from './serve.ts';

const FULL = { samplesCount: 15, operationsCount: 2_000 };
const QUICK = { samplesCount: 3, operationsCount: 50 };

export const workerdModes: Study = { name: 'modes', isStudy: true, measure };

async function measure({ isQuick }: StudyOptions): Promise<readonly RowResult[]> {
  const sink = startChild(process.execPath, './sink-process.ts');
  const { url: collector } = (await sink.next()) as { readonly url: string };
  const worker = await serveOnWorkerd(new URL('./modes-worker.ts', import.meta.url), {
    modules: [OTLP_MODULE],
  });
  try {
    const ask = async (query: Readonly<Record<string, string>>): Promise<unknown> => {
      const response = await fetch(
        `${worker.url}/?${new URLSearchParams({ collector, ...query })}`,
      );
      if (!response.ok) throw new Error(`workerd answered ${response.status}`);
      return response.json();
    };
    const variants = (await ask({})) as readonly Pick<ModeVariant, 'name' | 'role'>[];
    const measureMs = async ({ name }: { readonly name: string }, count: number) => {
      const startMs = performance.now();
      await ask({ variant: name, count: String(count) });
      return performance.now() - startMs;
    };
    const samples = await measureInTurns(variants, isQuick ? QUICK : FULL, measureMs);
    return toModeRows('workerd-', variants, samples, 'recent traces are off');
  } finally {
    await worker.close();
    await sink.close();
  }
}
