/** The examples of the telemetry README run as they stand. */

import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from 'bun:test';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';
import type { CollectedSpan } from '../support/otlp-records.ts';
import { TEST_TIMEOUT_MS } from '../support/patience.ts';
import { requirement } from '../support/requirement.ts';
import { makeStateDir, removeStateDir, startWorker, wranglerNode } from '../support/wrangler.ts';

setDefaultTimeout(TEST_TIMEOUT_MS);

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
    test.skipIf(!isThere)(`sends a trace on ${runtime}`, async () => {
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
    });
  }

  const hasNode = requirement('a Node that wrangler accepts', wranglerNode !== null);
  test.skipIf(!hasNode)('for Workers sends a trace under waitUntil, on workerd', async () => {
    const main = writeExample('workers');
    const config = join(folder, 'wrangler.toml');
    writeFileSync(
      config,
      `name = "greeter"\nmain = "${main}"\ncompatibility_date = "2026-09-01"\n`,
    );
    const stateDir = await makeStateDir();
    const vars = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_METRICS_EXPORTER: 'none' };
    const worker = await startWorker({ config: relative(ROOT, config), stateDir, vars });
    try {
      const response = await fetch(`${worker.url}/hello/Ada`);
      expect(await response.text()).toBe('Hello Ada');
      const ofExample = (span: CollectedSpan) => span.attributes['url.path'] === '/hello/Ada';
      await collector.waitForSpans((spans) => spans.some(ofExample));
      const [span] = collector.spans().filter(ofExample);
      expect(span?.kind).toBe('SERVER');
      expect(span?.resource['service.name']).toBe('greeter');
      expect(worker.printed()).not.toContain('ignored');
    } finally {
      await worker.stop();
      await removeStateDir(stateDir);
    }
  });
});
