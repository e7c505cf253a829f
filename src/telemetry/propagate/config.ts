/**
 * The variable of outbound propagation (`OTEL_PROPAGATORS` is read with the other `OTEL_*`). By the specification's
 * rules an entry that cannot be used is reported with the variable's name and ignored; empty is unset.
 */

import { createOutboundPolicy, type OutboundPolicy } from './outbound-policy.ts';

/** In the form of the README's table. */
export const OUTBOUND_HOSTS_VARIABLE = {
  name: 'TELEMETRY_PROPAGATE_HOSTS',
  kind: 'list',
  unit: 'hosts',
  default: '',
  meaning:
    'Hosts that may see trace ids: `example.com`, `example.com:8443`, `*.example.com`. Unset: none.',
} as const;

/** The policy that the environment asks for. Never throws; each bad entry is one warning. */
export function parseOutboundPolicy(
  env: Readonly<Record<string, unknown>>,
  onWarning: (name: string, message: string) => void = () => {},
): OutboundPolicy {
  const { name } = OUTBOUND_HOSTS_VARIABLE;
  const value = env[name];
  const entries = typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : [];
  const hosts = entries.filter(Boolean).filter((entry) => {
    if (isHost(entry)) return true;
    onWarning(name, `${entry} is not host, host:port or *.host; ignored`);
    return false;
  });
  return createOutboundPolicy(hosts);
}

function isHost(entry: string): boolean {
  try {
    createOutboundPolicy([entry]);
    return true;
  } catch {
    return false;
  }
}
