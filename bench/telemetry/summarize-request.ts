/** A request as plain data without ids and times, which two tracers cannot have in common. */

import { decodeOtlpProtobuf } from '../../test/support/otlp-proto.ts';

interface Request {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: unknown;
    readonly scopeSpans: ReadonlyArray<{
      readonly scope: unknown;
      readonly spans: ReadonlyArray<{
        readonly name: unknown;
        readonly kind: unknown;
        readonly attributes: unknown;
      }>;
    }>;
  }>;
}

export function summarizeRequest(bytes: Uint8Array): unknown {
  const { resourceSpans } = decodeOtlpProtobuf('traces', bytes) as unknown as Request;
  return resourceSpans.map(({ scopeSpans }) =>
    scopeSpans.map(({ spans }) =>
      spans.map(({ name, kind, attributes }) => ({ name, kind, attributes })),
    ),
  );
}
