import { expect, test } from 'bun:test';
import { createConfigReader } from '../../../src/telemetry/config-reader.ts';
import { readSamplingConfig } from '../../../src/telemetry/sampling/config.ts';
import {
  ADAPTIVE_ROWS,
  BUDGET_ROW,
  TAIL_ROWS,
} from '../../../src/telemetry/sampling/variable-rows.ts';

function parse(env: Record<string, unknown>) {
  const read = createConfigReader(env);
  return { config: readSamplingConfig(read), warnings: read.warnings };
}

test('without variables the defaults hold, silently', () => {
  const { config, warnings } = parse({});
  expect(config).toMatchObject({
    kind: 'always_on',
    isParentBased: true,
    argument: null,
    targetSpansPerSecond: 100,
    shares: { workflow: 0.4, api: 0.3, storage: 0.2, ingestion: 0.1 },
    budgetRatio: 0.01,
    tail: { maxTraces: 1000, errors: 'all' },
  });
  expect(warnings).toEqual([]);
  expect(Object.isFrozen(config)).toBe(true);
});

test('empty is unset, and bindings that are not text are passed over', () => {
  const { config, warnings } = parse({ OTEL_TRACES_SAMPLER: '  ', TELEMETRY_BUDGET_RATIO: {} });
  expect(config).toMatchObject({ kind: 'always_on', budgetRatio: 0.01 });
  expect(warnings).toEqual([]);
});

test.each([
  ['always_off', 'always_off', false],
  ['TraceIdRatio', 'traceidratio', false],
  ['parentbased_traceidratio', 'traceidratio', true],
  ['parentbased_adaptive', 'adaptive', true],
  ['consistent_probability', 'consistent_probability', false],
  ['ratelimited', 'ratelimited', false],
  ['tail', 'tail', true],
  ['adaptive_tail', 'adaptive_tail', true],
])('OTEL_TRACES_SAMPLER=%s', (value, kind, isParentBased) => {
  const { config, warnings } = parse({ OTEL_TRACES_SAMPLER: value });
  expect<unknown>(config.kind).toBe(kind);
  expect(config.isParentBased).toBe(isParentBased);
  expect(warnings).toEqual([]);
});

test.each(['jaeger_remote', 'parentbased_tail', 'constructor'])(
  'the unknown sampler %s is one warning, and the default holds',
  (value) => {
    const { config, warnings } = parse({ OTEL_TRACES_SAMPLER: value });
    expect(config).toMatchObject({ kind: 'always_on', isParentBased: true });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toStartWith('OTEL_TRACES_SAMPLER is ignored: expected one of always_on, ');
  },
);

test.each([
  ['traceidratio', '0', 0],
  ['traceidratio', '1', 1],
  ['traceidratio', '1.01', null],
  ['traceidratio', '-0.1', null],
  ['traceidratio', 'half', null],
  ['tail', '0.25', 0.25],
  ['tail', '2', null],
  ['ratelimited', '50', 50],
  ['ratelimited', '0', null],
  ['adaptive', '20', 20],
  ['adaptive_tail', '0', null],
])('%s with the argument %s', (sampler, value, argument) => {
  const env = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: value };
  const { config, warnings } = parse(env);
  expect(config.argument).toBe(argument);
  expect(warnings).toHaveLength(argument === null ? 1 : 0);
  for (const warning of warnings)
    expect(warning).toStartWith('OTEL_TRACES_SAMPLER_ARG is ignored: expected');
});

test('an argument that the sampler has no use for is ignored', () => {
  const env = { OTEL_TRACES_SAMPLER: 'always_on', OTEL_TRACES_SAMPLER_ARG: '0.5' };
  expect(parse(env)).toMatchObject({ config: { argument: null }, warnings: [] });
});

test('shares replace the defaults; one bad share makes the list bad', () => {
  const env = (value: string) => ({ TELEMETRY_SAMPLING_SHARES: value });
  expect(parse(env(' a = 0.5 , b.c=1 ')).config.shares).toEqual({ a: 0.5, 'b.c': 1 });
  for (const bad of ['a=0', 'a=1.1', 'a', 'a=x', 'a=0.5,', '=1', 'A=1']) {
    const { config, warnings } = parse(env(bad));
    expect(config.shares).toEqual({ workflow: 0.4, api: 0.3, storage: 0.2, ingestion: 0.1 });
    expect(warnings).toHaveLength(1);
  }
});

test('each number is accepted at its bounds and refused beyond them, by name', () => {
  for (const row of Object.values({ ...ADAPTIVE_ROWS, ...TAIL_ROWS, BUDGET_ROW })) {
    if (row.kind !== 'integer' && row.kind !== 'number') continue;
    const { name, min = Number.NaN, max = Number.NaN } = row;
    for (const bound of [min, max]) expect(parse({ [name]: `${bound}` }).warnings).toEqual([]);
    for (const beyond of [min - 1, max + 1, 'many']) {
      const { config, warnings } = parse({ [name]: `${beyond}` });
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toStartWith(`${name} is ignored: expected`);
      expect(config).toEqual(parse({}).config);
    }
  }
  expect(parse({ TELEMETRY_TAIL_WAIT_MS: '1.5' }).warnings).toHaveLength(1);
  expect(parse({ TELEMETRY_TAIL_ERRORS: 'adaptive' }).config.tail.errors).toBe('adaptive');
});
