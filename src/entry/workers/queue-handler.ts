/** The consumer: a batch of the queue becomes one write to Neon; then the objects are told that it is stored. */

import { parseConfig } from '../../config.ts';
import { isSpreadscopeError, toErrorMessage } from '../../domain/errors.ts';
import { createNeonStore } from '../../store/drivers/neon.ts';
import type { OpportunityStore } from '../../store/store.ts';
import { ATTR } from '../../telemetry/names.ts';
import { withBatchConsumerSpan, withConsumerSpan } from '../../telemetry/propagate/messaging.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Bindings } from './bindings.ts';
import { telemetryOf } from './edge-telemetry.ts';
import { configOf } from './fetch-handler.ts';
import { createGateway, type Gateway, withTrace } from './gateway/ask.ts';
import { createLayout } from './layout.ts';
import { QUEUE } from './outbox-sender.ts';
import { type QueueMessageBody, toQueueMessage } from './queue-message.ts';
import { callShard } from './shard-calls.ts';

/** The members of the platform's batch that are used. */
export interface QueueMessage {
  readonly body: unknown;
  readonly attempts: number;
  ack(): void;
  retry(options?: { readonly delaySeconds?: number }): void;
}

export interface QueueBatch {
  readonly messages: readonly QueueMessage[];
}

interface Execution {
  waitUntil(work: Promise<unknown>): void;
}

interface Delivery {
  readonly message: QueueMessage;
  readonly body: QueueMessageBody;
}

/** A message waits longer after each attempt; a database that is away comes back to find few of them. */
const RETRY_BASE_S = 2;
const RETRY_MAX_S = 300;

/** What needs no second look, by bindings: the store, its schema up to date. */
const stores = new WeakMap<object, Promise<OpportunityStore>>();

export async function queueHandler(
  batch: QueueBatch,
  env: Bindings,
  execution: Execution,
): Promise<void> {
  const telemetry = telemetryOf(env);
  const gateway = createGateway(env, createLayout(configOf(env).marketShardsCount), telemetry);
  const deliveries = batch.messages.flatMap(toDelivery);
  try {
    if (deliveries.length > 0) await consume(deliveries, env, telemetry, gateway);
  } catch (error) {
    telemetry.logger.warn('opportunities could not be stored and are tried again', {
      'error.message': toErrorMessage(error),
    });
    for (const { message } of deliveries) retryLater(message);
  } finally {
    execution.waitUntil(telemetry.flush());
  }
}

/** What is no message of ours never becomes one: it goes to the dead-letter queue when its attempts are used up. */
function toDelivery(message: QueueMessage): readonly Delivery[] {
  const body = toQueueMessage(message.body);
  if (body !== null) return [{ message, body }];
  message.retry();
  return [];
}

function retryLater(message: QueueMessage): void {
  message.retry({ delaySeconds: Math.min(RETRY_MAX_S, RETRY_BASE_S ** message.attempts) });
}

/** One message continues its trace; of several, one span links to each. */
function consume(
  deliveries: readonly Delivery[],
  env: Bindings,
  telemetry: Telemetry,
  gateway: Gateway,
): Promise<void> {
  const { tracer, propagator } = telemetry;
  const options = { tracer, propagator, ...QUEUE };
  const traces = deliveries.map(({ body }) => body.trace);
  const [first] = traces;
  const run = async (): Promise<void> => {
    const opportunities = deliveries.flatMap(({ body }) => body.opportunities);
    const store = await storeOf(env, telemetry);
    await store.write(opportunities);
    await acknowledge(deliveries, gateway);
    for (const { message } of deliveries) message.ack();
  };
  if (first !== undefined && traces.length === 1) {
    return withConsumerSpan(options, first, (span) => {
      span.setAttribute(ATTR.storedCount, deliveries[0]?.body.opportunities.length ?? 0);
      return run();
    });
  }
  return withBatchConsumerSpan(options, traces, run);
}

/** The objects keep what nobody told them is stored; telling them twice changes nothing. */
async function acknowledge(deliveries: readonly Delivery[], gateway: Gateway): Promise<void> {
  const byShard = Map.groupBy(deliveries, ({ body }) => body.shard);
  await Promise.all(
    [...byShard].map(([shard, each]) => {
      const sequences = each.flatMap(({ body }) => body.sequences);
      const headers = withTrace(gateway, new Headers());
      return callShard(gateway.stubOf(shard), { type: 'acknowledge', sequences }, headers);
    }),
  );
}

function storeOf(env: Bindings, { tracer }: Telemetry): Promise<OpportunityStore> {
  const known = stores.get(env);
  if (known !== undefined) return known;
  const opening = openStore(env, tracer);
  stores.set(env, opening);
  opening.catch(() => stores.delete(env));
  return opening;
}

async function openStore(env: Bindings, tracer: Telemetry['tracer']): Promise<OpportunityStore> {
  const { databaseUrl } = parseConfig(env);
  if (databaseUrl === null) throw new Error('DATABASE_URL: expected a connection string');
  const store = createNeonStore({ connectionString: databaseUrl, tracer });
  try {
    await store.migrate();
  } catch (error) {
    // A database that is away is looked for again by the next batch.
    if (isSpreadscopeError(error)) await store.close();
    throw error;
  }
  return store;
}
