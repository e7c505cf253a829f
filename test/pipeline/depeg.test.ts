/** The week in which USDC lost its peg: valued by its own books, and the alarm goes on. */

import { describe, expect, test } from 'bun:test';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type { PegState } from '../../src/detect/conversion/peg-watch.ts';
import type { OpportunityEvent } from '../../src/domain/opportunity.ts';
import { openFiles } from '../../src/feed/drivers/replay/open-file.ts';
import { createReplayFeed } from '../../src/feed/drivers/replay/replay-feed.ts';
import { importRecording } from '../../src/feed/recording/import/import-recording.ts';
import { createReferenceKernel } from '../../src/kernel/reference.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import type { Logger } from '../../src/telemetry/telemetry.ts';
import { openLines } from '../feed/recording/lines.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { requirement } from '../support/requirement.ts';
import { ANY_PROFIT } from '../support/settings.ts';
import { sharedDataPath } from '../support/shared-data.ts';

const FOLDER = 'binance-us-tops-2023';
const PEGS = [
  { asset: 'USDC', reference: 'USD' },
  { asset: 'BUSD', reference: 'USD' },
  { asset: 'DAI', reference: 'USD' },
];

const hasData = requirement('recorded market data', sharedDataPath(FOLDER) !== null);

async function replay(file: string, depegBps: number) {
  const path = `${FOLDER}/${file}`;
  const lines = await Array.fromAsync(
    importRecording('tops-csv', await openFiles(sharedDataPath(path) ?? path)),
  );
  const clock = createFakeClock();
  const alarms: PegState[] = [];
  const events: OpportunityEvent[] = [];
  const warnings: string[] = [];
  const logger: Logger = {
    log: () => undefined,
    debug: () => undefined,
    info: () => undefined,
    warn: (message) => warnings.push(message),
    error: () => undefined,
  };
  const pipeline = createPipeline({
    feed: createReplayFeed({
      open: openLines(lines.map((line) => line.trimEnd())),
      speed: 'max',
      clock,
    }),
    createKernel: createReferenceKernel,
    maxSymbolsCount: 64,
    maxExchangesCount: 4,
    bookLevelsCount: 10,
    settings: ANY_PROFIT,
    roundIntervalMs: 0,
    clock,
    telemetry: { tracer: new BasicTracerProvider().getTracer('test'), logger },
    pegs: { pegs: PEGS, depegBps },
    onPeg: (state) => alarms.push(state),
    onEvents: (given) => events.push(...given),
  });
  await pipeline.run(new AbortController().signal);
  return { alarms, events, warnings, pegs: pipeline.pegs() };
}

describe.skipIf(!hasData)('in March 2023', () => {
  test('USDC at 0.96 USD raises the alarm, BUSD at 1.004 does not', async () => {
    const { alarms, events, warnings, pegs } = await replay('20230312_161833.csv', 100);
    const usdc = pegs.find(({ asset }) => asset === 'USDC');
    expect(usdc).toMatchObject({ isDepegged: true, reason: null });
    expect(usdc?.rate).toBeCloseTo(0.9595, 3);
    expect(pegs.find(({ asset }) => asset === 'BUSD')).toMatchObject({ isDepegged: false });
    expect(alarms.map(({ asset }) => asset)).toContain('USDC');
    expect(warnings).toContain('an asset has left its peg');
    expect(events).toEqual([]);
  });

  test('a day later it is within 100 bps of its peg, and beyond 50', async () => {
    const rateOf = ({ pegs }: { readonly pegs: readonly PegState[] }) =>
      pegs.find(({ asset }) => asset === 'USDC');
    expect(rateOf(await replay('20230313_152602.csv', 100))).toMatchObject({ isDepegged: false });
    expect(rateOf(await replay('20230313_152602.csv', 50))).toMatchObject({ isDepegged: true });
  });
});
