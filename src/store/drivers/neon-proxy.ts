/** Where Neon's protocols are served: at Neon, or by a proxy on this machine. */

import { neonConfig } from '@neondatabase/serverless';
import type { SqlEndpoint } from '../sql-connection.ts';

/** What either way of connecting is given. */
export interface NeonTarget {
  readonly connectionString: string;
  readonly endpoint: SqlEndpoint;
  readonly timeoutMs: number;
}

/** True for hosts that never leave this machine, where there is no TLS. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** Tells the client where HTTP queries go. Its setting is global, so this is a function of the host alone. */
export function routeHttp(): void {
  const { fetchEndpoint: neonEndpoint } = neonConfig.defaults;
  neonConfig.fetchEndpoint = (host, port, options) => {
    if (isLoopback(host)) return `http://${host}:${port}/sql`;
    return typeof neonEndpoint === 'function' ? neonEndpoint(host, port, options) : neonEndpoint;
  };
}
