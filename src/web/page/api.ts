/** The API as the page uses it. Types are those of the schemas that the server validates by. */

import type { z } from '@hono/zod-openapi';
import type { BasisJson } from '../../http/schemas/basis.ts';
import type { ExplanationJson } from '../../http/schemas/explain.ts';
import type { exchangeList } from '../../http/schemas/market.ts';
import type { opportunityList } from '../../http/schemas/opportunity.ts';
import type { StatusJson } from '../../http/schemas/status.ts';
import type { TraceJson } from '../../http/schemas/trace.ts';

export type Exchanges = z.infer<typeof exchangeList>;
export type Opportunities = z.infer<typeof opportunityList>;
export type OpportunityJson = Opportunities['opportunities'][number];
export type { BasisJson, ExplanationJson, StatusJson, TraceJson };

export const readStatus = () => readJson<StatusJson>('/api/status');
export const readExchanges = () => readJson<Exchanges>('/api/exchanges');
export const readOpen = () => readJson<Opportunities>('/api/opportunities?state=open&limit=500');
export const readClosed = () => readJson<Opportunities>('/api/opportunities?state=closed&limit=12');
export const readExplanation = () => readJson<ExplanationJson>('/api/explain?limit=5');
export const readBasis = () => readJson<BasisJson>('/api/basis?limit=40');
/** Null where they are kept from strangers (API_TOKEN). */
export async function readTraces(): Promise<{ traces: TraceJson[] } | null> {
  const response = await fetch('/api/traces?limit=100');
  if (response.status === 401) return null;
  return (await toJson(response)) as { traces: TraceJson[] };
}

/** Null when the trace is no longer remembered, or kept from strangers. */
export async function readTrace(traceId: string): Promise<TraceJson | null> {
  const response = await fetch(`/api/traces/${traceId}`);
  if (response.status === 404 || response.status === 401) return null;
  return (await toJson(response)) as TraceJson;
}

async function readJson<Body>(path: string): Promise<Body> {
  return (await toJson(await fetch(path))) as Body;
}

async function toJson(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return response.json();
}
