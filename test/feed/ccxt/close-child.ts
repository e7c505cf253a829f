/** Started by `ccxt-close.test.ts`: reads three local exchanges, one of which fails, closes, and has to end by itself. */

import { BTC, ETH, startHarness, until } from './harness.ts';

const fault = process.argv[2];
const faults = ['hang', 'stall', 'die', 'garbage', 'rate-limit'] as const;
const chosen = faults.find((each) => each === fault) ?? null;

process.on('unhandledRejection', (error) => {
  process.stderr.write(`unhandled rejection: ${error}\n`);
  process.exitCode = 1;
});

const harness = startHarness();
for (const server of Object.values(harness.servers)) {
  server.setBook(BTC, [[100, 1]], [[101, 1]]);
  server.setBook(ETH, [[10, 1]], [[11, 1]]);
}
await harness.read();
await until('six books', () => harness.books.size === 6);
await harness.servers.bybit.fault(chosen);
if (chosen !== null && process.argv[3] === 'late') {
  await until('it is down', () => harness.status('bybit').failuresCount > 1);
}
const unfinished = harness.feed.fetchBook('bybit', BTC, 5, new AbortController().signal);
unfinished.catch((error: { code?: string }) => process.stdout.write(`book: ${error.code}\n`));
const startedAtMs = performance.now();
await harness.close();
process.stdout.write(`closed in ${Math.round(performance.now() - startedAtMs)} ms\n`);
process.on('exit', () => {
  process.stdout.write(`ended in ${Math.round(performance.now() - startedAtMs)} ms\n`);
});
