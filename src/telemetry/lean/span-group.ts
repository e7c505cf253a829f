/** The envelopes of OTLP around spans: a resource, and a scope in it, encoded once and used for every batch. */

import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { writeResource, writeScope } from '../export/protobuf-values.ts';
import { ProtobufWriter } from '../export/protobuf-writer.ts';

/** Field numbers of `trace/v1/trace.proto`; `ResourceSpans` and `ScopeSpans` have their schema URL in the same place. */
const RESOURCE = 1;
const SCOPE = 1;
const SCHEMA_URL = 3;

export interface ResourceEnvelope {
  readonly resource: Resource;
  /** Fields of `ResourceSpans` but for its scopes; made when first needed, since attributes may come late. */
  encode(): Uint8Array;
}

export interface SpanGroup {
  readonly envelope: ResourceEnvelope;
  readonly scope: InstrumentationScope;
  /** Fields of `ScopeSpans` but for its spans. */
  readonly scopeBytes: Uint8Array;
}

/** Groups that are remembered; more are made anew, and then not merged in a batch. */
const MAX_GROUPS = 256;

/** Finds the group of a span by the identity of its resource and scope. */
export class SpanGroups {
  readonly #groups = new Map<Resource, Map<InstrumentationScope, SpanGroup>>();
  readonly #envelopes = new Map<Resource, ResourceEnvelope>();
  #count = 0;
  #last: SpanGroup | null = null;

  find(resource: Resource, scope: InstrumentationScope): SpanGroup {
    const last = this.#last;
    if (last !== null && last.scope === scope && last.envelope.resource === resource) return last;
    const known = this.#groups.get(resource)?.get(scope);
    this.#last = known ?? this.#add(resource, scope);
    return this.#last;
  }

  #add(resource: Resource, scope: InstrumentationScope): SpanGroup {
    if (this.#count >= MAX_GROUPS) this.#forgetAll();
    const envelope = this.#envelopes.get(resource) ?? createEnvelope(resource);
    const group = { envelope, scope, scopeBytes: encodeScope(scope) };
    const scopes = this.#groups.get(resource) ?? new Map<InstrumentationScope, SpanGroup>();
    this.#envelopes.set(resource, envelope);
    this.#groups.set(resource, scopes.set(scope, group));
    this.#count += 1;
    return group;
  }

  #forgetAll(): void {
    this.#groups.clear();
    this.#envelopes.clear();
    this.#count = 0;
  }
}

function createEnvelope(resource: Resource): ResourceEnvelope {
  let finished: Uint8Array | null = null;
  return {
    resource,
    encode() {
      if (finished !== null) return finished;
      const bytes = encodeResource(resource);
      if (!resource.asyncAttributesPending) finished = bytes;
      return bytes;
    },
  };
}

function encodeResource(resource: Resource): Uint8Array {
  const writer = new ProtobufWriter();
  writeResource(writer, RESOURCE, resource.attributes);
  if (resource.schemaUrl) writer.string(SCHEMA_URL, resource.schemaUrl);
  return writer.finish();
}

function encodeScope(scope: InstrumentationScope): Uint8Array {
  const writer = new ProtobufWriter(128);
  writeScope(writer, SCOPE, scope);
  if (scope.schemaUrl) writer.string(SCHEMA_URL, scope.schemaUrl);
  return writer.finish();
}
