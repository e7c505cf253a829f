/**
 * The variable of outbound propagation (`OTEL_PROPAGATORS` is read with the other `OTEL_*`). By the specification's
 * rules an entry that cannot be used is reported with the variable's name and ignored; empty is unset.
 */

import type { ConfigReader } from '../config-reader.ts';
import { HOSTS_ROW } from '../variable-rows.ts';
import { createOutboundPolicy, type OutboundPolicy, parseHostPattern } from './outbound-policy.ts';

/** The policy that the environment asks for. Never throws; each bad entry is one warning. */
export function readOutboundPolicy(read: ConfigReader): OutboundPolicy {
  const hosts = (read.one(HOSTS_ROW) ?? []).filter((entry) => {
    if (parseHostPattern(entry) !== null) return true;
    read.warn(HOSTS_ROW.name, 'host, host:port or *.host in every entry');
    return false;
  });
  return createOutboundPolicy(hosts);
}
