/** A resource of the official interface whose attributes are all known: a plain object. */

import type { Resource } from '@opentelemetry/resources';
import { EXPORTER_VERSION } from './export/user-agent.ts';

/** What this layer says of itself, and of a service without a name ("Resource semantic conventions"). */
const OWN_ATTRIBUTES = {
  'service.name': 'unknown_service',
  'telemetry.sdk.language': 'nodejs',
  'telemetry.sdk.name': 'spreadscope',
  'telemetry.sdk.version': EXPORTER_VERSION,
};

type ResourceAttributes = Resource['attributes'];

/** `attributes` beside what the layer says of itself. */
export function createResource(attributes: ResourceAttributes = {}): Resource {
  return toResource({ ...OWN_ATTRIBUTES, ...attributes });
}

function toResource(attributes: ResourceAttributes): Resource {
  return {
    attributes,
    asyncAttributesPending: false,
    getRawAttributes: () => Object.entries(attributes).map(([key, value]) => [key, value]),
    merge: (other) =>
      other === null ? toResource(attributes) : toResource({ ...attributes, ...other.attributes }),
  };
}
