/** What a configuration may ask for on Workers. */

import type { Config } from '../../config.ts';
import { SpreadscopeError } from '../../domain/errors.ts';
import type { Bindings } from './bindings.ts';

/** @throws {SpreadscopeError} `config_invalid`, naming the variable. */
export function refuseWhatIsMissing(config: Config, env: Bindings): void {
  if (config.upstash !== null) refuse('UPSTASH_REDIS_REST_URL', 'nothing');
  const hasQueue = env.OPPORTUNITIES !== undefined;
  if (config.databaseUrl !== null && !hasQueue) {
    refuse('DATABASE_URL', 'nothing without the queue OPPORTUNITIES');
  }
  if (config.databaseUrl === null && hasQueue) {
    refuse('DATABASE_URL', 'a connection string, because there is the queue OPPORTUNITIES');
  }
}

function refuse(variable: string, expected: string): never {
  throw new SpreadscopeError('config_invalid', `${variable}: expected ${expected} on Workers`);
}
