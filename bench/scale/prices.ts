/** What Cloudflare charges for the parts that a deployment uses, US dollars, as published in November 2026. */

/** First what the month's fee includes, then what each unit beyond it costs. */
export interface Price {
  readonly included: number;
  readonly perMillion: number;
}

export interface EdgePrices {
  readonly monthlyFee: number;
  /** Requests to Workers, those that a queue's consumer is called for included. */
  readonly workerRequests: Price;
  readonly workerCpuMs: Price;
  /** Requests to Durable Objects: HTTP, RPC, alarms; 20 incoming WebSocket messages count as one. */
  readonly objectRequests: Price;
  /** Wall time in memory × 128 MB, whatever is used of it. */
  readonly objectGbSeconds: Price;
  readonly rowsWritten: Price;
  /** A write, a read and a deletion of up to 64 KB each. */
  readonly queueOperations: Price;
}

/**
 * Workers paid plan: developers.cloudflare.com/workers/platform/pricing, durable-objects/platform/pricing and
 * queues/platform/pricing.
 */
export const CLOUDFLARE_PRICES: EdgePrices = {
  monthlyFee: 5,
  workerRequests: { included: 10_000_000, perMillion: 0.3 },
  workerCpuMs: { included: 30_000_000, perMillion: 0.02 },
  objectRequests: { included: 1_000_000, perMillion: 0.15 },
  objectGbSeconds: { included: 400_000, perMillion: 12.5 },
  rowsWritten: { included: 50_000_000, perMillion: 1 },
  queueOperations: { included: 1_000_000, perMillion: 0.4 },
};

/** @param units - used in a month. @returns dollars. */
export function costOf({ included, perMillion }: Price, units: number): number {
  return (Math.max(0, units - included) * perMillion) / 1_000_000;
}
