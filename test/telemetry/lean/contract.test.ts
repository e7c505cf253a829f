import { describe, expect, test } from 'bun:test';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { decodeOtlpProtobuf } from '../../support/otlp-proto.ts';
import { PROGRAMS } from './programs.ts';
import {
  type ProviderSetup,
  type RunProgram,
  runLeanEncoded,
  runLeanRead,
  runOfficial,
} from './providers.ts';

const GIVEN_TIMES_BELOW = 1_700_000_100_000_000_000n;

/**
 * The requests as plain data. Clock readings are not comparable: they become `'now'`, after a check of their order.
 * Span ids get numbers in order of appearance, since the official provider spends some on spans that nobody sees.
 */
function decode(bodies: readonly Uint8Array[]): unknown {
  const spanNumbers = new Map<string, string>();
  return bodies.map((body) => normalise(decodeOtlpProtobuf('traces', body), '', spanNumbers));
}

function toSpanNumber(hex: string, spanNumbers: Map<string, string>): string {
  const known = spanNumbers.get(hex) ?? `span ${spanNumbers.size + 1}`;
  spanNumbers.set(hex, known);
  return known;
}

function normalise(value: unknown, key: string, spanNumbers: Map<string, string>): unknown {
  if (value instanceof Uint8Array) {
    const hex = Buffer.from(value).toString('hex');
    return value.length === 8 ? toSpanNumber(hex, spanNumbers) : hex;
  }
  if (/UnixNano$/.test(key)) return BigInt(String(value)) < GIVEN_TIMES_BELOW ? value : 'now';
  if (Array.isArray(value)) return value.map((item) => normalise(item, '', spanNumbers));
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  if ('startTimeUnixNano' in record) {
    const [start, end] = [record['startTimeUnixNano'], record['endTimeUnixNano']];
    expect(BigInt(String(end)) >= BigInt(String(start))).toBe(true);
  }
  // An absent field and its default are the same thing in protobuf.
  const kept = Object.entries(record).filter(
    ([name, item]) => !isDefault(item) && !(name === 'status' && isEmptyStatus(item)),
  );
  return Object.fromEntries(kept.map(([name, item]) => [name, normalise(item, name, spanNumbers)]));
}

function isDefault(item: unknown): boolean {
  return item === 0 || item === '' || (Array.isArray(item) && item.length === 0);
}

function isEmptyStatus(item: unknown): boolean {
  return typeof item === 'object' && item !== null && Object.values(item).every(isDefault);
}

const OURS: ReadonlyArray<readonly [string, RunProgram]> = [
  ['read by official processors', runLeanRead],
  ['encoded in WASM', runLeanEncoded],
];

for (const [how, run] of OURS) {
  describe(`our provider, ${how}, exports what the official one does`, () => {
    for (const [name, program] of Object.entries(PROGRAMS)) {
      test(name, async () => {
        expect(decode(await run(program))).toEqual(decode(await runOfficial(program)));
      });
    }

    const limited: ProviderSetup = {
      spanLimits: {
        attributeCountLimit: 2,
        attributeValueLengthLimit: 3,
        eventCountLimit: 1,
        linkCountLimit: 0,
        attributePerEventCountLimit: 1,
        attributePerLinkCountLimit: 1,
      },
    };
    for (const [name, program] of Object.entries(PROGRAMS)) {
      test(`${name}, under narrow limits`, async () => {
        expect(decode(await run(program, limited))).toEqual(
          decode(await runOfficial(program, limited)),
        );
      });
    }

    const samplers: Readonly<Record<string, () => Sampler>> = {
      'always on': () => new AlwaysOnSampler(),
      'always off': () => new AlwaysOffSampler(),
      'parent-based never': () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
      'parent-based ratio': () =>
        new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.5) }),
      'one that records without sampling, and adds': () => createAddingSampler(),
    };
    for (const [name, create] of Object.entries(samplers)) {
      test(`under a sampler: ${name}`, async () => {
        const all = Object.values(PROGRAMS);
        const program: (typeof all)[number] = (tracer) => {
          for (const each of all) each(tracer);
        };
        expect(decode(await run(program, { sampler: create() }))).toEqual(
          decode(await runOfficial(program, { sampler: create() })),
        );
      });
    }
  });
}

/** Samples SERVER spans with an attribute, records others without sampling them. */
function createAddingSampler(): Sampler {
  return {
    shouldSample: (_context, traceId, name, kind) => ({
      decision: kind === 1 ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.RECORD,
      attributes: { 'sampler.saw': `${traceId} ${name}` },
    }),
    toString: () => 'adding',
  };
}

test('a span that is not sampled still names its trace to its children', async () => {
  const { createTracerProvider } = await import('../../../src/telemetry/lean/tracer-provider.ts');
  const tracer = createTracerProvider({ sampler: new AlwaysOffSampler() }).getTracer('t');
  const root = tracer.startSpan('root', {}, ROOT_CONTEXT);
  const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root));
  expect(root.isRecording()).toBe(false);
  expect(root.spanContext().traceFlags & 1).toBe(0);
  expect(root.spanContext().traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
  expect(child.spanContext().traceId).toBe(root.spanContext().traceId);
});
