/**
 * The variables of propagation. By the specification's rules for `OTEL_*` a value that cannot be used is reported with
 * its name and ignored; empty is unset.
 */

import { createOutboundPolicy } from './outbound-policy.ts';
import { DEFAULT_PROPAGATORS } from './propagator.ts';

export interface PropagationVariable {
  readonly name: string;
  readonly kind: 'list';
  readonly unit: string;
  /** As it would be written in the environment; empty means unset. */
  readonly default: string;
  readonly meaning: string;
}

/** Every variable that propagation reads, in the order of the README's table. */
export const PROPAGATION_VARIABLES = [
  {
    name: 'OTEL_PROPAGATORS',
    kind: 'list',
    unit: '',
    default: DEFAULT_PROPAGATORS.join(','),
    meaning: 'Formats of context that are read and written: `tracecontext`, `baggage`, or `none`.',
  },
  {
    name: 'TELEMETRY_PROPAGATE_HOSTS',
    kind: 'list',
    unit: 'hosts',
    default: '',
    meaning:
      'Hosts that may see trace ids: `example.com`, `example.com:8443`, `*.example.com`. Unset: none.',
  },
] as const satisfies readonly PropagationVariable[];

export interface PropagationConfig {
  readonly propagators: readonly string[];
  /** Entries that `createOutboundPolicy` accepts. */
  readonly outboundHosts: readonly string[];
}

const KNOWN_PROPAGATORS: readonly string[] = [...DEFAULT_PROPAGATORS, 'none'];

/** Reads the environment (process.env, Worker bindings). Never throws; each bad entry is one warning. */
export function parsePropagationConfig(
  env: Readonly<Record<string, unknown>>,
  onWarning: (name: string, message: string) => void = () => {},
): PropagationConfig {
  const [propagators, hosts] = PROPAGATION_VARIABLES;
  return Object.freeze({
    propagators: readList(env, propagators, (entry) => {
      if (KNOWN_PROPAGATORS.includes(entry)) return true;
      onWarning(
        propagators.name,
        `${entry} is not one of ${KNOWN_PROPAGATORS.join(', ')}; ignored`,
      );
      return false;
    }),
    outboundHosts: readList(env, hosts, (entry) => {
      if (isHost(entry)) return true;
      onWarning(hosts.name, `${entry} is not host, host:port or *.host; ignored`);
      return false;
    }),
  });
}

function readList(
  env: Readonly<Record<string, unknown>>,
  variable: PropagationVariable,
  isUsable: (entry: string) => boolean,
): readonly string[] {
  const value = env[variable.name];
  const text = typeof value === 'string' && value.trim() !== '' ? value : variable.default;
  const entries = text.split(',').map((entry) => entry.trim());
  return Object.freeze([...new Set(entries)].filter(Boolean).filter(isUsable));
}

function isHost(entry: string): boolean {
  try {
    createOutboundPolicy([entry]);
    return true;
  } catch {
    return false;
  }
}
