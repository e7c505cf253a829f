/** What `wrangler.toml` binds, as far as it is used. */

import type { Environment } from '../../config.ts';
import type { QueueMessageBody } from './queue-message.ts';

export interface ShardStub {
  fetch(request: Request): Promise<Response>;
}

export interface ObjectId {
  toString(): string;
}

/** Variables and secrets by the names of the README's table, and: */
export interface Bindings extends Environment {
  readonly MARKET: {
    getByName(name: string): ShardStub;
    idFromName(name: string): ObjectId;
  };
  /** Absent: opportunities stay in the objects' own storage. */
  readonly OPPORTUNITIES?: {
    send(body: QueueMessageBody, options: { readonly contentType: 'json' }): Promise<unknown>;
  };
}
