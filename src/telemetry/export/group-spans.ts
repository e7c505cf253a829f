/** Sorts spans into the envelopes of OTLP: by resource, and in it by instrumentation scope. */

import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

export interface ScopeGroup {
  readonly scope: InstrumentationScope;
  readonly spans: readonly ReadableSpan[];
}

export interface ResourceGroup {
  readonly resource: Resource;
  readonly scopes: readonly ScopeGroup[];
}

/** Groups and spans keep the order in which they first came. */
export function groupSpans(spans: readonly ReadableSpan[]): readonly ResourceGroup[] {
  const resources = new Map<
    Resource,
    Map<string, { scope: InstrumentationScope; spans: ReadableSpan[] }>
  >();
  for (const span of spans) {
    const scopes = getOrMake(resources, span.resource, () => new Map());
    const scope = span.instrumentationScope;
    const key = JSON.stringify([scope.name, scope.version ?? '', scope.schemaUrl ?? '']);
    getOrMake(scopes, key, () => ({ scope, spans: [] })).spans.push(span);
  }
  return [...resources].map(([resource, scopes]) => ({ resource, scopes: [...scopes.values()] }));
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
