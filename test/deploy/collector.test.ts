import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';

interface Pipeline {
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

interface CollectorConfig {
  readonly receivers: Readonly<Record<string, unknown>>;
  readonly processors: Readonly<Record<string, unknown>>;
  readonly exporters: Readonly<Record<string, unknown>>;
  readonly service: { readonly pipelines: Readonly<Record<string, Pipeline>> };
}

const PARTS = ['receivers', 'processors', 'exporters'] as const;

test('the Collector takes all three signals, through parts that it defines', () => {
  const text = readFileSync(new URL('../../deploy/collector.yaml', import.meta.url), 'utf8');
  const config = Bun.YAML.parse(text) as CollectorConfig;
  const pipelines = Object.entries(config.service.pipelines);
  expect(pipelines.map(([signal]) => signal).sort()).toEqual(['logs', 'metrics', 'traces']);
  const undefinedParts = pipelines.flatMap(([, pipeline]) =>
    PARTS.flatMap((part) => pipeline[part].filter((name) => !(name in config[part]))),
  );
  expect(undefinedParts).toEqual([]);
  expect(config.receivers).toMatchObject({
    otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } },
  });
});
