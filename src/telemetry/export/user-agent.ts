/** Who is calling: the form that the OTLP exporter specification asks for. */

/** Version of this exporter, as it stands in the User-Agent. */
export const EXPORTER_VERSION = '0.1.0';

/**
 * `OTel-OTLP-Exporter-JavaScript/<version>`, with a product before it when one is given
 * (opentelemetry-specification `protocol/exporter.md`, "User Agent").
 *
 * @param product - a product token such as `Spreadscope/0.1.0`.
 */
export function toUserAgent(product?: string): string {
  const own = `OTel-OTLP-Exporter-JavaScript/${EXPORTER_VERSION}`;
  return product === undefined || product === '' ? own : `${product} ${own}`;
}
