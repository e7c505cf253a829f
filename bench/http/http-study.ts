/** The trivial application under load on one runtime: throughput, latency and CPU time, variants interleaved. */

import type { RowResult, Study, StudyOptions, Unit } from '../bench.ts';
import { median, toResult } from '../measure.ts';
import { orderOfTurn } from '../turns.ts';
import { startChild } from './child.ts';
import { load } from './load.ts';
import type { ServerProcess, StartServer } from './server-process.ts';
import { HTTP_VARIANTS } from './variants.ts';

interface Pace {
  /** Servers are started anew so many times: where memory and compiler put a process moves its figures by a tenth. */
  readonly generationsCount: number;
  /** Of each generation. */
  readonly roundsCount: number;
  readonly requestsCount: number;
  readonly warmUpCount: number;
}

/** About a third of a second a sample on a current processor. */
const FULL: Pace = {
  generationsCount: 4,
  roundsCount: 3,
  requestsCount: 10_000,
  warmUpCount: 15_000,
};
const QUICK: Pace = { generationsCount: 1, roundsCount: 3, requestsCount: 500, warmUpCount: 500 };
const CONNECTIONS_COUNT = 32;
/** Most time for one sample, milliseconds. */
const TIMEOUT_MS = 60_000;

/** One sample of one variant, nanoseconds. */
interface Sample {
  readonly perRequest: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
}

const FIGURES: readonly { readonly key: keyof Sample; readonly question: string }[] = [
  { key: 'perRequest', question: 'How long does a saturated server take for a request?' },
  { key: 'p50', question: 'What is the median latency of a saturated server?' },
  { key: 'p99', question: 'What is the 99th percentile of the latency of a saturated server?' },
  { key: 'cpu', question: 'How much CPU time of the server does a request take?' },
];

export interface HttpRuntime {
  readonly name: string;
  readonly start: StartServer;
}

/** Its rows are `<runtime>-per-request`, `-p50`, `-p99`, `-cpu` and `-cpu-added`. */
export function createHttpStudy({ name, start }: HttpRuntime): Study {
  return {
    name,
    isStudy: true,
    measure: async (options) => {
      const samples = await measureAll(start, options);
      return [...toRows(name, samples), toAddedRow(name, samples)];
    },
  };
}

async function measureAll(start: StartServer, { isQuick }: StudyOptions): Promise<Sample[][]> {
  const pace = isQuick ? QUICK : FULL;
  // A process of its own: reading an export must not hold up the generator, which would measure that as latency.
  const sink = startChild(process.execPath, './sink-process.ts');
  const samples = HTTP_VARIANTS.map((): Sample[] => []);
  try {
    const { url } = (await sink.next()) as { readonly url: string };
    for (let generation = 0; generation < pace.generationsCount; generation += 1) {
      await measureGeneration(samples, start, url, generation, pace);
    }
    return samples;
  } finally {
    await sink.close();
  }
}

async function measureGeneration(
  samples: readonly Sample[][],
  start: StartServer,
  sinkUrl: string,
  generation: number,
  pace: Pace,
): Promise<void> {
  const servers: ServerProcess[] = [];
  try {
    for (const variant of HTTP_VARIANTS) servers.push(await start(variant.name, sinkUrl));
    for (const server of servers) await loadServer(server, pace.warmUpCount);
    await measureInTurns(samples, servers, generation * pace.roundsCount, pace);
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

async function measureInTurns(
  samples: readonly Sample[][],
  servers: readonly ServerProcess[],
  firstRound: number,
  pace: Pace,
): Promise<void> {
  for (let round = firstRound; round < firstRound + pace.roundsCount; round += 1) {
    for (const [index, server] of orderOfTurn(servers, round)) {
      samples[index]?.push(await measureServer(server, pace.requestsCount));
    }
  }
}

async function measureServer(server: ServerProcess, requestsCount: number): Promise<Sample> {
  const beforeUs = await server.readCpuUs();
  const { elapsedMs, latenciesMs } = await loadServer(server, requestsCount);
  const cpuUs = (await server.readCpuUs()) - beforeUs;
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const percentile = (ratio: number) => sorted[Math.floor((sorted.length - 1) * ratio)] ?? 0;
  return {
    perRequest: (elapsedMs * 1e6) / requestsCount,
    p50: percentile(0.5) * 1e6,
    p99: percentile(0.99) * 1e6,
    cpu: (cpuUs * 1e3) / requestsCount,
  };
}

function loadServer({ port }: ServerProcess, requestsCount: number) {
  return load({
    port,
    path: '/hello/world',
    connectionsCount: CONNECTIONS_COUNT,
    requestsCount,
    timeoutMs: TIMEOUT_MS,
  });
}

function toRows(runtime: string, samples: readonly Sample[][]): readonly RowResult[] {
  return FIGURES.map(({ key, question }) => ({
    ...describeRow(samples),
    name: `${runtime}-${key === 'perRequest' ? 'per-request' : key}`,
    question,
    variants: HTTP_VARIANTS.map((variant, index) =>
      toResult(
        variant,
        (samples[index] ?? []).map((sample) => sample[key]),
      ),
    ),
  }));
}

/** Against the bare server of the same turn. */
function toAddedRow(runtime: string, samples: readonly Sample[][]): RowResult {
  const [bare = []] = samples;
  const added = (row: readonly Sample[]) =>
    row.map(({ cpu }, round) => cpu - (bare[round]?.cpu ?? 0));
  return {
    ...describeRow(samples),
    name: `${runtime}-cpu-added`,
    question: 'How much CPU time of the server does tracing add to a request?',
    variants: HTTP_VARIANTS.map((variant, index) =>
      toResult(variant, added(samples[index] ?? [])),
    ).slice(1),
  };
}

function describeRow(samples: readonly Sample[][]) {
  const unit: Unit = 'ns';
  return {
    unit,
    input: `GET of a JSON route of Hono, ${CONNECTIONS_COUNT} connections kept alive, from a second process, spans exported as protobuf to a receiver in a third`,
    notMeasured: `other routes, the receiver; busy with its load: ${describeLoad(samples)}`,
  };
}

/** CPU time over elapsed time: well below 1, the generator was the bottleneck and losses are understated. */
function describeLoad(samples: readonly Sample[][]): string {
  return HTTP_VARIANTS.map(({ name }, index) => {
    const ratios = (samples[index] ?? []).map(({ cpu, perRequest }) => cpu / perRequest);
    return `${name} ${median(ratios).toFixed(2)}`;
  }).join(', ');
}
