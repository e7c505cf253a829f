/**
 * Baggage of the program: workflow, exchange, symbol and processing stage, and nothing else. Only these keys are read,
 * kept, written and copied to spans, and only with values of their own form, so that a stranger's header puts no text
 * of his choice on our spans.
 */

import {
  type Baggage,
  type Context,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { BAGGAGE } from '../names.ts';
import { isTracingSuppressed } from '../suppression.ts';
import {
  BAGGAGE_HEADER,
  type BaggagePair,
  formatBaggageHeader,
  parseBaggageHeader,
} from './baggage-header.ts';

/** Forms of the values; 128 and 64 characters are bounds of ours. */
const FORMS: ReadonlyMap<string, RegExp> = new Map([
  [BAGGAGE.workflowId, /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/],
  [BAGGAGE.exchange, /^[a-z0-9][a-z0-9_-]{0,63}$/],
  [BAGGAGE.symbol, /^[^\p{C}\p{Z}]{1,64}$/u],
  [BAGGAGE.processingStage, /^[a-z0-9][a-z0-9._-]{0,63}$/],
]);

/** What may travel; a value of another form is left out. */
export interface BaggageValues {
  /** Letters, digits and `. _ : -`, at most 128. */
  readonly workflowId?: string;
  /** A ccxt id, at most 64. */
  readonly exchange?: string;
  /** A unified symbol, at most 64. */
  readonly symbol?: string;
  /** Lower-case letters, digits and `. _ -`, at most 64. */
  readonly processingStage?: string;
}

/** Adds `values` to the baggage of `context`. Never throws. */
export function setBaggageValues(context: Context, values: BaggageValues): Context {
  const pairs = Object.entries(values).map(
    ([name, value]): BaggagePair => [BAGGAGE[name as keyof typeof BAGGAGE], String(value)],
  );
  return withPairs(context, pairs);
}

/** The allowed members of the context's baggage. */
export function allowedPairs(context: Context): readonly BaggagePair[] {
  const baggage = propagation.getBaggage(context);
  if (baggage === undefined) return [];
  return baggage
    .getAllEntries()
    .map(([key, entry]): BaggagePair => [key, entry.value])
    .filter(isAllowed);
}

/** Reads and writes the `baggage` header. Nothing is written while tracing is suppressed. */
export function createBaggagePropagator(): TextMapPropagator {
  return { inject, extract, fields: () => [BAGGAGE_HEADER] };
}

function inject<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>): void {
  if (isTracingSuppressed(context)) return;
  const header = formatBaggageHeader(allowedPairs(context));
  if (header !== '') setter.set(carrier, BAGGAGE_HEADER, header);
}

function extract<Carrier>(
  context: Context,
  carrier: Carrier,
  getter: TextMapGetter<Carrier>,
): Context {
  const value = getter.get(carrier, BAGGAGE_HEADER);
  if (value === undefined) return context;
  const header = Array.isArray(value) ? value.join(',') : value;
  return withPairs(context, parseBaggageHeader(header));
}

function withPairs(context: Context, pairs: readonly BaggagePair[]): Context {
  const allowed = pairs.filter(isAllowed);
  if (allowed.length === 0) return context;
  let baggage: Baggage = propagation.getBaggage(context) ?? propagation.createBaggage();
  for (const [key, value] of allowed) baggage = baggage.setEntry(key, { value });
  return propagation.setBaggage(context, baggage);
}

function isAllowed([key, value]: BaggagePair): boolean {
  return FORMS.get(key)?.test(value) === true;
}
