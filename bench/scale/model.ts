/** From what one core carries to the shards that a market needs, and what a month of them costs. Pure arithmetic. */

import { costOf, type EdgePrices } from './prices.ts';

const SECONDS_PER_MONTH = 2_628_000;
/** Memory that is billed of a Durable Object, GB (128 MB). */
const OBJECT_GB = 0.128;
/** Rows that `setAlarm` writes (Durable Objects, "Pricing"). */
const ROWS_PER_ALARM = 1;
/** A write, a read and a deletion. */
const OPERATIONS_PER_MESSAGE = 3;

/** A market, and how it is run. */
export interface ScaleDemand {
  readonly symbolsCount: number;
  readonly exchangesCount: number;
  readonly updatesPerSecond: number;
  /** Share of a shard's core that may be busy on average, so that bursts find room. */
  readonly targetLoadRatio: number;
  readonly opportunitiesPerSecond: number;
  /** Updates that a feeder sends in one request; null: the objects read the exchanges themselves. */
  readonly updatesPerIngest: number | null;
  readonly alarmIntervalMs: number;
  readonly opportunitiesPerMessage: number;
}

/** What was measured. */
export interface ScaleMeasures {
  /** Of the engine alone, whatever arrives. */
  readonly baseCpuMsPerSecond: number;
  readonly cpuMicrosPerUpdate: number;
  /** Of one market's quotes, books and counters. */
  readonly bytesPerMarket: number;
  /** The program without a market. */
  readonly baseBytes: number;
  /** Rows that an opportunity writes in its life: opened, its best moment, closed, and what waits in the outbox. */
  readonly rowsPerOpportunity: number;
}

export type ShardBound = 'cpu' | 'memory' | 'requests';

export interface ScaleModel {
  readonly shardsCount: number;
  /** How many shards each bound alone would ask for. */
  readonly shardsBy: Readonly<Record<ShardBound, number>>;
  /** What runs out first. */
  readonly bound: ShardBound;
  readonly symbolsPerShard: number;
  readonly updatesPerSecondPerShard: number;
  readonly loadRatio: number;
  /** Dollars a month, by what is billed. */
  readonly costs: Readonly<Record<keyof EdgePrices, number>>;
  readonly monthlyCost: number;
}

/** Memory of an isolate (Workers, "Limits"), bytes; a quarter is left for what lives shortly. */
export const USABLE_BYTES = 0.75 * 128 * 1024 * 1024;
/** Requests a second that one object is good for (Durable Objects, FAQ: "a soft limit of 1,000 requests per second"). */
export const OBJECT_REQUESTS_PER_SECOND = 1_000;

/** @throws {RangeError} when one core cannot even carry the engine without updates. */
export function toScaleModel(
  demand: ScaleDemand,
  measured: ScaleMeasures,
  prices: EdgePrices,
): ScaleModel {
  const shardsBy = {
    cpu: shardsByCpu(demand, measured),
    memory: shardsByMemory(demand, measured),
    requests: Math.ceil(ingestsPerSecond(demand) / OBJECT_REQUESTS_PER_SECOND),
  };
  const shardsCount = Math.max(1, ...Object.values(shardsBy));
  const updatesPerSecondPerShard = demand.updatesPerSecond / shardsCount;
  const costs = toCosts(demand, measured, prices, shardsCount);
  return {
    shardsCount,
    shardsBy,
    bound: firstBound(shardsBy),
    symbolsPerShard: Math.ceil(demand.symbolsCount / shardsCount),
    updatesPerSecondPerShard,
    loadRatio: busyMsPerSecond(updatesPerSecondPerShard, measured) / 1_000,
    costs,
    monthlyCost: Object.values(costs).reduce((sum, cost) => sum + cost, 0),
  };
}

function busyMsPerSecond(updatesPerSecond: number, measured: ScaleMeasures): number {
  return measured.baseCpuMsPerSecond + (updatesPerSecond * measured.cpuMicrosPerUpdate) / 1_000;
}

function shardsByCpu(demand: ScaleDemand, measured: ScaleMeasures): number {
  const roomMs = demand.targetLoadRatio * 1_000 - measured.baseCpuMsPerSecond;
  if (roomMs <= 0)
    throw new RangeError('targetLoadRatio: expected more than the engine alone uses');
  return Math.ceil((demand.updatesPerSecond * measured.cpuMicrosPerUpdate) / 1_000 / roomMs);
}

function shardsByMemory(demand: ScaleDemand, measured: ScaleMeasures): number {
  const room = USABLE_BYTES - measured.baseBytes;
  if (room <= 0) throw new RangeError('baseBytes: expected less than an isolate has');
  return Math.ceil((demand.symbolsCount * demand.exchangesCount * measured.bytesPerMarket) / room);
}

function ingestsPerSecond({ updatesPerSecond, updatesPerIngest }: ScaleDemand): number {
  return updatesPerIngest === null ? 0 : updatesPerSecond / updatesPerIngest;
}

function firstBound(shardsBy: Readonly<Record<ShardBound, number>>): ShardBound {
  const bounds = ['cpu', 'memory', 'requests'] as const;
  return bounds.reduce((first, each) => (shardsBy[each] > shardsBy[first] ? each : first));
}

function toCosts(
  demand: ScaleDemand,
  measured: ScaleMeasures,
  prices: EdgePrices,
  shardsCount: number,
): ScaleModel['costs'] {
  const alarms = (shardsCount * SECONDS_PER_MONTH * 1_000) / demand.alarmIntervalMs;
  const ingests = ingestsPerSecond(demand) * SECONDS_PER_MONTH;
  const opportunities = demand.opportunitiesPerSecond * SECONDS_PER_MONTH;
  const messages = opportunities / demand.opportunitiesPerMessage;
  const rows = opportunities * measured.rowsPerOpportunity + alarms * ROWS_PER_ALARM;
  return {
    monthlyFee: prices.monthlyFee,
    workerRequests: costOf(prices.workerRequests, ingests + messages),
    workerCpuMs: costOf(prices.workerCpuMs, ingests + messages),
    objectRequests: costOf(prices.objectRequests, ingests + alarms),
    objectGbSeconds: costOf(prices.objectGbSeconds, shardsCount * SECONDS_PER_MONTH * OBJECT_GB),
    rowsWritten: costOf(prices.rowsWritten, rows),
    queueOperations: costOf(prices.queueOperations, messages * OPERATIONS_PER_MESSAGE),
  };
}
