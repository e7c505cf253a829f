/** What an exporter takes: finished bytes of one signal, and how many items are in them. */

/** The three OTLP signals; each has its own path and its own names in a partial success. */
export type OtlpSignal = 'traces' | 'metrics' | 'logs';

/** Encodings of OTLP/HTTP (`docs/specification.md` of opentelemetry-proto, "OTLP/HTTP Request"). */
export type OtlpFormat = 'protobuf' | 'json';

/** One finished `Export…ServiceRequest`. */
export interface ExportBatch {
  readonly itemCount: number;
  /** The encoded request, not yet compressed. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Two or more smaller requests with the same items; absent when the batch cannot be split. */
  readonly split?: () => readonly ExportBatch[];
}

/** Why items were lost before a backend accepted or refused them. */
export type DropReason =
  /** The bounded queue had no room; the newest items are the ones that go. */
  | 'queue_full'
  /** No answer within the deadline. */
  | 'timeout'
  /** Connections failed until the deadline. */
  | 'network'
  /** Only 429, 502, 503 or 504 until the deadline. */
  | 'unavailable'
  /** A request over the size cap that could not be split. */
  | 'request_too_large'
  /** The runtime could not compress the request, for want of memory. */
  | 'compression_failed'
  /** The answer was over its size cap, so nobody can say what it said. */
  | 'response_too_large'
  /** The exporter had been, or was being, shut down. */
  | 'shutdown';

/** Where the items of one batch went; the three counts add up to its `itemCount`. */
export interface BatchOutcome {
  readonly exportedCount: number;
  readonly rejectedCount: number;
  readonly droppedCount: number;
  /** Without secrets; null when all items were exported without a remark. */
  readonly message: string | null;
}

/** The content type of a format, sent and expected back. */
export function toContentType(format: OtlpFormat): string {
  return format === 'json' ? 'application/json' : 'application/x-protobuf';
}
