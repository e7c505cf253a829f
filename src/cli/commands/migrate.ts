/** `spreadscope migrate`: brings the database's schema up to date. */

import type { Command } from 'commander';
import { parseConfig } from '../../config.ts';
import { systemClock } from '../../domain/clock.ts';
import { openStore } from '../../entry/drivers.ts';
import { withTerms } from '../../entry/load-terms.ts';
import { createTelemetry } from '../../telemetry/create-telemetry.ts';
import type { CommandIo } from '../io.ts';

export function addMigrateCommand(program: Command, io: CommandIo): void {
  program
    .command('migrate')
    .description(
      'Apply the migrations that the database lacks (the service does this at its start).',
    )
    .option('--json', 'print {"applied": […]}')
    .action((options: { readonly json?: true }) => migrate(options.json === true, io));
}

async function migrate(isJson: boolean, io: CommandIo): Promise<void> {
  const config = parseConfig(await withTerms(io.env));
  const telemetry = createTelemetry({
    env: io.env,
    serviceName: 'spreadscope',
    clock: systemClock,
    log: { level: config.logLevel, write: io.note },
  });
  const store = await openStore(config, telemetry.tracer);
  try {
    const applied = await store.migrate();
    if (isJson) await io.out(JSON.stringify({ driver: store.driver, applied }));
    else await io.out(applied.length === 0 ? 'up to date' : `applied: ${applied.join(', ')}`);
  } finally {
    await store.close();
    await telemetry.shutdown();
  }
}
