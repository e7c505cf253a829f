/** The cron: every object deletes what is past its retention; one trace. */

import { ROOT_CONTEXT } from '@opentelemetry/api';
import { withSpan } from '../../telemetry/spans.ts';
import type { Bindings } from './bindings.ts';
import { telemetryOf } from './edge-telemetry.ts';
import { configOf } from './fetch-handler.ts';
import { createGateway, withTrace } from './gateway/ask.ts';
import { createLayout } from './layout.ts';
import type { UpkeepReport } from './open-app.ts';
import { callShard } from './shard-calls.ts';

/** The members of the event and of its context that are used. */
interface CronEvent {
  readonly cron: string;
  readonly scheduledTime: number;
}

interface Execution {
  waitUntil(work: Promise<unknown>): void;
}

export const CRON_SPAN = 'arbitrage.upkeep';

export async function cronHandler(
  { cron }: CronEvent,
  env: Bindings,
  execution: Execution,
): Promise<void> {
  const telemetry = telemetryOf(env);
  const { names } = createLayout(configOf(env).marketShardsCount);
  const gateway = createGateway(env, createLayout(configOf(env).marketShardsCount), telemetry);
  const options = {
    parent: ROOT_CONTEXT,
    attributes: { 'faas.trigger': 'timer', 'faas.cron': cron },
  };
  try {
    await withSpan(telemetry.tracer, CRON_SPAN, options, async (span) => {
      const reports = await Promise.all(
        names.map((name) =>
          callShard<UpkeepReport>(
            gateway.stubOf(name),
            { type: 'upkeep' },
            withTrace(gateway, new Headers()),
          ),
        ),
      );
      const sum = (read: (report: UpkeepReport) => number) =>
        reports.reduce((total, report) => total + read(report), 0);
      span.setAttribute(
        'arbitrage.deleted_count',
        sum((report) => report.deletedOpportunitiesCount),
      );
      span.setAttribute(
        'arbitrage.forgotten_count',
        sum((report) => report.forgottenRowsCount),
      );
    });
  } finally {
    execution.waitUntil(telemetry.flush());
  }
}
