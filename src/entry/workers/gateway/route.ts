/** Which objects answer a request, and how their answers become one. */

import { MAX_NEAR_MISSES_COUNT } from '../../../http/schemas/explain.ts';
import type { Readiness, StatusJson } from '../../../http/schemas/status.ts';
import { isUpgrade } from '../web-sockets.ts';
import { askAll, forward, type Gateway, readAll, toMergedResponse } from './ask.ts';
import {
  type ExplanationJson,
  mergeExplanations,
  mergeReadiness,
  mergeStatus,
} from './merge-answers.ts';
import { type LivesJson, mergeLives } from './merge-lives.ts';
import { mergePages, type OpportunityPageJson } from './merge-pages.ts';
import { mergeSockets } from './merge-sockets.ts';
import { mergeStreams } from './merge-streams.ts';
import { SHARD_CALL_PREFIX, STREAM_PATH } from './paths.ts';
import { splitIngest } from './split-ingest.ts';

/** Answers about one symbol, by the object that looks after it. */
const SYMBOL_PATH = /^\/api\/(?:tickers|market-data|spreads|multi|statistics\/spreads)\/([^/]+)/;
/** Found at one object, which one is not known. */
const SOMEWHERE_PATH = /^\/api\/(?:opportunities|traces)\/[^/]+$/;
const DEFAULT_PAGE_COUNT = 50;
const DEFAULT_NEAR_MISSES_COUNT = 10;
const DEFAULT_TRACES_COUNT = 20;

/** @param ingestToken - `INGEST_TOKEN`. */
export function routeRequest(
  gateway: Gateway,
  request: Request,
  ingestToken: string | null,
): Promise<Response> {
  const { layout } = gateway;
  const url = new URL(request.url);
  const { pathname, searchParams } = url;
  // Nobody outside reaches an object's own calls.
  if (pathname.startsWith(SHARD_CALL_PREFIX)) {
    return Promise.resolve(new Response(null, { status: 404 }));
  }
  const isRead = request.method === 'GET';
  if (layout.names.length === 1) return forward(gateway, request, layout.whole);
  if (pathname === '/api/ingest' && request.method === 'POST') {
    return splitIngest(gateway, request, ingestToken);
  }
  if (!isRead) return forward(gateway, request, layout.whole);
  if (pathname === STREAM_PATH) {
    return isUpgrade(request) ? mergeSockets(gateway, request) : mergeStreams(gateway, request);
  }
  const symbol = SYMBOL_PATH.exec(pathname)?.[1];
  if (symbol !== undefined) return forward(gateway, request, layout.ownerOf(toSymbol(symbol)));
  if (SOMEWHERE_PATH.test(pathname)) return firstFound(gateway, request);
  return mergeAnswers(gateway, request, pathname, searchParams);
}

async function mergeAnswers(
  gateway: Gateway,
  request: Request,
  pathname: string,
  query: URLSearchParams,
): Promise<Response> {
  const { names, whole, ownerOf } = gateway.layout;
  const withPairs = names.filter((name) => name !== whole);
  const limitOr = (count: number) => Number(query.get('limit') ?? count);
  const askedSymbol = query.get('symbol');
  const ofSymbol = askedSymbol === null ? withPairs : [ownerOf(toSymbol(askedSymbol))];
  switch (pathname) {
    case '/api/opportunities':
      return merge<OpportunityPageJson>(gateway, request, names, (pages) =>
        mergePages(pages, limitOr(DEFAULT_PAGE_COUNT), query.get('state') === 'open'),
      );
    case '/api/status':
      return merge<StatusJson>(gateway, request, names, mergeStatus);
    case '/ready':
      return mergeReady(gateway, request);
    case '/api/explain':
      // The route of a cycle is explained by the one that looks for cycles.
      if (askedSymbol?.includes('>')) return forward(gateway, request, whole);
      return merge<ExplanationJson>(gateway, request, [...ofSymbol, whole], (answers) =>
        mergeExplanations(
          answers,
          Math.min(MAX_NEAR_MISSES_COUNT, limitOr(DEFAULT_NEAR_MISSES_COUNT)),
        ),
      );
    case '/api/statistics/life':
      return merge<LivesJson>(gateway, request, names, mergeLives);
    case '/api/traces':
      return merge<TracesJson>(gateway, request, names, (answers) =>
        mergeTraces(answers, limitOr(DEFAULT_TRACES_COUNT)),
      );
    default:
      return forward(gateway, request, whole);
  }
}

async function merge<Answer>(
  gateway: Gateway,
  request: Request,
  names: readonly string[],
  combine: (answers: readonly Answer[]) => unknown,
): Promise<Response> {
  const responses = await askAll(gateway, request, names);
  const answers = await readAll<Answer>(responses);
  const [like] = responses;
  if (answers instanceof Response || like === undefined) return answers as Response;
  return toMergedResponse(combine(answers), like);
}

/** An object that is not ready says so with 503 and the same body. */
async function mergeReady(gateway: Gateway, request: Request): Promise<Response> {
  const { names } = gateway.layout;
  const responses = await askAll(gateway, request);
  const odd = responses.find(
    (response) => !/^application\/json/.test(response.headers.get('content-type') ?? ''),
  );
  const [like] = responses;
  if (odd !== undefined || like === undefined) return odd as Response;
  const answers = (await Promise.all(responses.map((each) => each.json()))) as readonly Readiness[];
  const merged = mergeReadiness(answers, names);
  return toMergedResponse(merged, like, merged?.ready === true ? 200 : 503);
}

interface TracesJson {
  readonly traces: readonly { readonly startedAtMs: number }[];
}

function mergeTraces(answers: readonly TracesJson[], limit: number): TracesJson {
  const traces = answers.flatMap((answer) => answer.traces);
  return { traces: traces.sort((a, b) => b.startedAtMs - a.startedAtMs).slice(0, limit) };
}

/** The first object that has it; when none has, what the first said. */
async function firstFound(gateway: Gateway, request: Request): Promise<Response> {
  const responses = await askAll(gateway, request);
  const found = responses.find(({ ok }) => ok) ?? responses[0];
  await Promise.all(responses.map((other) => other !== found && other.body?.cancel()));
  return found as Response;
}

/** As the API's schemas read a symbol: `BTC-USDT` and `BTC/USDT` are the same. */
function toSymbol(text: string): string {
  let symbol = text;
  try {
    symbol = decodeURIComponent(text);
  } catch {
    // The object says what is wrong with it.
  }
  return symbol.includes('/') ? symbol : symbol.replace('-', '/');
}
