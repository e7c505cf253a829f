/** The examples of the telemetry README run as they stand. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import { requirement } from '../support/requirement.ts';

const ROOT = join(import.meta.dir, '../..');
const README = readFileSync(join(ROOT, 'src/telemetry/README.md'), 'utf8');

/** The code block whose fence is followed by `label`. */
function exampleOf(label: string): string {
  const found = new RegExp(`\`\`\`ts ${label}\\n([\\s\\S]*?)\`\`\``).exec(README)?.[1];
  if (found === undefined) throw new Error(`the README has no example for ${label}`);
  return found;
}

let collector: OtlpCollector;
let folder: string;
beforeAll(async () => {
  collector = await createOtlpCollector();
  // Inside the package, so that `spreadscope/telemetry` is found as a user finds it.
  folder = mkdtempSync(join(ROOT, 'test/docs/.example-'));
});
beforeEach(() => collector.clear());
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await collector.close();
});

/** The same file serves on both: Bun and Deno take the default export for a server. */
const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ['Bun', [process.execPath]],
  ['Deno', [join(ROOT, 'node_modules/.bin/deno'), 'serve', '--allow-all', '--port', 'PORT']],
];

function start(command: readonly string[], port: number) {
  const words = command.map((word) => (word === 'PORT' ? String(port) : word));
  // A process group of its own: npm's `deno` is a script that does not pass signals on.
  return Bun.spawn(['setsid', ...words, writeExample('bun')], {
    cwd: ROOT,
    env: {
      ...Bun.env,
      PORT: String(port),
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '20',
    },
    stdout: 'ignore',
    stderr: 'ignore',
  });
}

function writeExample(label: string): string {
  const file = join(folder, `${label}.ts`);
  writeFileSync(file, exampleOf(label));
  return file;
}

async function untilAnswered(url: string): Promise<Response> {
  for (let turn = 0; turn < 800; turn += 1) {
    try {
      return await fetch(url);
    } catch {
      await Bun.sleep(25);
    }
  }
  throw new Error(`${url} never answered`);
}

describe('the example of the telemetry README', () => {
  test('has ten lines', () => {
    expect(exampleOf('bun').trim().split('\n').length).toBeLessThanOrEqual(10);
  });

  for (const [runtime, command] of COMMANDS) {
    const isThere = requirement(runtime, existsSync(command[0] ?? ''));
    test.skipIf(!isThere)(
      `sends a trace on ${runtime}`,
      async () => {
        const port = await freePort();
        const example = start(command, port);
        try {
          const response = await untilAnswered(`http://localhost:${port}/hello/Ada`);
          expect(await response.text()).toBe('Hello Ada');
          await collector.waitForSpans((spans) => spans.length === 2);
          const [[root] = []] = [...collector.toTrees().values()];
          expect(root?.name).toBe('GET /hello/:name');
          expect(root?.span.resource['service.name']).toBe('greeter');
          expect(root?.children.map((child) => child.name)).toEqual(['greet']);
        } finally {
          process.kill(-example.pid, 'SIGTERM');
          await example.exited;
        }
      },
      30_000,
    );
  }

  test('for Workers sends a trace under waitUntil', async () => {
    const { default: worker } = await import(writeExample('workers'));
    const kept: Promise<unknown>[] = [];
    const context = { waitUntil: (work: Promise<unknown>) => kept.push(work) };
    const env = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const request = () => new Request('http://localhost/hello/Ada');
    expect(await (await worker.fetch(request(), env, context)).text()).toBe('Hello Ada');
    await worker.fetch(request(), env, context);
    expect(kept.length).toBe(1);
    await Promise.all(kept);
    expect(collector.spans().map((span) => span.kind)).toEqual(['SERVER', 'SERVER']);
  });
});
