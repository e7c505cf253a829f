/** Metrics of opportunities, from the events of the hub: how many, how large, how long. */

import type { Attributes, Meter } from '@opentelemetry/api';
import type { Opportunity, OpportunityEvent } from '../domain/opportunity.ts';
import { ATTR, METRIC } from '../telemetry/names.ts';
import type { Pipeline } from './ports.ts';

/** Basis points: from the least edge that fees leave to a broken price. */
const EDGE_BOUNDS_BPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
/** Units of the quote asset. */
const SIZE_BOUNDS_IN_QUOTE = [10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000];
/** Seconds: most opportunities last less than one. */
const LIFETIME_BOUNDS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Follows the hub until it ends or `signal` aborts. */
export async function observeOpportunities(
  meter: Meter,
  pipeline: Pick<Pipeline, 'hub' | 'open'>,
  signal: AbortSignal,
): Promise<void> {
  meter
    .createObservableGauge(METRIC.opportunitiesOpen, {
      unit: '{opportunity}',
      description: 'Opportunities that are open.',
    })
    .addCallback((result) => result.observe(pipeline.open().length));
  const record = createRecorder(meter);
  for await (const { event } of pipeline.hub.subscribe({ signal })) record(event);
}

function createRecorder(meter: Meter): (event: OpportunityEvent) => void {
  const unit = '{opportunity}';
  const opened = meter.createCounter(METRIC.opportunitiesOpened, {
    unit,
    description: 'Opportunities that opened.',
  });
  const closed = meter.createCounter(METRIC.opportunitiesClosed, {
    unit,
    description: 'Opportunities that closed, by reason.',
  });
  const edge = createHistogram(
    meter,
    METRIC.opportunityEdge,
    '{bps}',
    EDGE_BOUNDS_BPS,
    'Greatest edge of an opportunity, in basis points.',
  );
  const size = createHistogram(
    meter,
    METRIC.opportunitySize,
    '{quote}',
    SIZE_BOUNDS_IN_QUOTE,
    'Cost of the bought leg at the greatest profit, in units of the quote asset.',
  );
  const lifetime = createHistogram(
    meter,
    METRIC.opportunityLifetime,
    's',
    LIFETIME_BOUNDS_S,
    'Time from opening to closing.',
  );
  return ({ type, opportunity }) => {
    if (type === 'opened') opened.add(1, toAttributes(opportunity));
    if (type !== 'closed' || opportunity.state !== 'closed') return;
    const { closeReason, closedAtMs, openedAtMs, peak } = opportunity;
    const attributes = toAttributes(opportunity);
    closed.add(1, { ...attributes, [ATTR.closeReason]: closeReason });
    edge.record(peak.edgeBps, attributes);
    size.record(Number(peak.costInQuote), attributes);
    lifetime.record((closedAtMs - openedAtMs) / 1_000, attributes);
  };
}

function createHistogram(
  meter: Meter,
  name: string,
  unit: string,
  bounds: number[],
  description: string,
) {
  const advice = { explicitBucketBoundaries: bounds };
  return meter.createHistogram(name, { unit, description, advice });
}

/** Few values each: exchanges and symbols are on the spans and in the store. */
function toAttributes({ kind, quote }: Opportunity): Attributes {
  return { [ATTR.opportunityKind]: kind, [ATTR.quoteAsset]: quote };
}
