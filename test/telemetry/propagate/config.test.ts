import { expect, test } from 'bun:test';
import { createConfigReader } from '../../../src/telemetry/config-reader.ts';
import { readOutboundPolicy } from '../../../src/telemetry/propagate/config.ts';

function parse(hosts: unknown) {
  const read = createConfigReader({ TELEMETRY_PROPAGATE_HOSTS: hosts });
  return { policy: readOutboundPolicy(read), warnings: read.warnings };
}

test.each([undefined, '', ' ', 7])('unset (%p): no host is allowed', (hosts) => {
  const { policy, warnings } = parse(hosts);
  expect(policy.allows('https://a.example/')).toBe(false);
  expect(warnings).toEqual([]);
});

test('hosts are read from a list, blanks aside', () => {
  const { policy, warnings } = parse(' a.example , *.b.example:8443,, a.example');
  expect(policy.allows('https://a.example/')).toBe(true);
  expect(policy.allows('https://x.b.example:8443/')).toBe(true);
  expect(policy.allows('https://x.b.example/')).toBe(false);
  expect(warnings).toEqual([]);
});

test('each entry that cannot be used is one warning with the name, not the entry, and the rest stays', () => {
  const { policy, warnings } = parse('*,https://a.example,b.example');
  expect(policy.allows('https://b.example/')).toBe(true);
  expect(policy.allows('https://a.example/')).toBe(false);
  expect(warnings).toEqual([
    'TELEMETRY_PROPAGATE_HOSTS is ignored: expected host, host:port or *.host in every entry',
    'TELEMETRY_PROPAGATE_HOSTS is ignored: expected host, host:port or *.host in every entry',
  ]);
});
