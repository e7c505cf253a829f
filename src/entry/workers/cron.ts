/** The cron: every object deletes what is past its retention and says how its accounts stand; one trace. */

import { ROOT_CONTEXT } from '@opentelemetry/api';
import { ATTR, FAAS_ATTR, SPAN } from '../../telemetry/names.ts';
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

export async function cronHandler(
  { cron }: CronEvent,
  env: Bindings,
  execution: Execution,
): Promise<void> {
  const telemetry = telemetryOf(env);
  const layout = createLayout(configOf(env).marketShardsCount);
  const gateway = createGateway(env, layout, telemetry);
  const attributes = { [FAAS_ATTR.trigger]: 'timer', [FAAS_ATTR.cron]: cron };
  const options = { parent: ROOT_CONTEXT, attributes };
  try {
    await withSpan(telemetry.tracer, SPAN.upkeep, options, async (span) => {
      const reports = await Promise.all(
        layout.names.map((name) =>
          callShard<UpkeepReport>(
            gateway.stubOf(name),
            { type: 'upkeep' },
            withTrace(gateway, new Headers()),
          ),
        ),
      );
      const sum = (read: (report: UpkeepReport) => number) =>
        reports.reduce((total, report) => total + read(report), 0);
      span.setAttributes({
        [ATTR.deletedCount]: sum((report) => report.deletedOpportunitiesCount),
        [ATTR.forgottenCount]: sum((report) => report.forgottenRowsCount),
        [ATTR.detectedCount]: sum((report) => report.accounts.detectedCount),
        [ATTR.storedCount]: sum((report) => report.accounts.storedCount),
        [ATTR.outboxCount]: sum((report) => report.accounts.outboxCount),
      });
    });
  } finally {
    execution.waitUntil(telemetry.flush());
  }
}
