import { expect, test } from 'bun:test';
import { parsePropagationConfig } from '../../../src/telemetry/propagate/config.ts';

function parse(env: Record<string, unknown>) {
  const warnings: string[] = [];
  const onWarning = (name: string, message: string) => warnings.push(`${name}: ${message}`);
  return { config: parsePropagationConfig(env, onWarning), warnings };
}

test.each([{}, { OTEL_PROPAGATORS: ' ', TELEMETRY_PROPAGATE_HOSTS: '' }, { OTEL_PROPAGATORS: 7 }])(
  'unset (%j): both formats, and no host',
  (env) => {
    expect(parse(env)).toEqual({
      config: { propagators: ['tracecontext', 'baggage'], outboundHosts: [] },
      warnings: [],
    });
  },
);

test('lists are read without blanks and repetitions', () => {
  const { config } = parse({
    OTEL_PROPAGATORS: 'baggage, baggage',
    TELEMETRY_PROPAGATE_HOSTS: ' a.example , *.b.example:8443,, a.example',
  });
  expect(config).toEqual({
    propagators: ['baggage'],
    outboundHosts: ['a.example', '*.b.example:8443'],
  });
});

test('each entry that cannot be used is one warning with the name, and the rest stays', () => {
  const { config, warnings } = parse({
    OTEL_PROPAGATORS: 'b3,tracecontext',
    TELEMETRY_PROPAGATE_HOSTS: '*,https://a.example,b.example',
  });
  expect(config).toEqual({ propagators: ['tracecontext'], outboundHosts: ['b.example'] });
  expect(warnings).toEqual([
    'OTEL_PROPAGATORS: b3 is not one of tracecontext, baggage, none; ignored',
    'TELEMETRY_PROPAGATE_HOSTS: * is not host, host:port or *.host; ignored',
    'TELEMETRY_PROPAGATE_HOSTS: https://a.example is not host, host:port or *.host; ignored',
  ]);
});
