/** The examples of the telemetry README run as they stand. */

import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { createOtlpCollector, type OtlpCollector } from '../support/otlp-collector.ts';

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
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await collector.close();
});

function writeExample(label: string): string {
  const file = join(folder, `${label}.ts`);
  writeFileSync(file, exampleOf(label));
  return file;
}

async function untilAnswered(url: string): Promise<Response> {
  for (let turn = 0; turn < 200; turn += 1) {
    try {
      return await fetch(url);
    } catch {
      await Bun.sleep(25);
    }
  }
  throw new Error(`${url} never answered`);
}

describe('the example of the telemetry README', () => {
  test('for Bun has ten lines and sends a trace', async () => {
    expect(exampleOf('bun').trim().split('\n').length).toBeLessThanOrEqual(10);
    const port = await freePort();
    const process = Bun.spawn(['bun', writeExample('bun')], {
      cwd: ROOT,
      env: {
        ...Bun.env,
        PORT: String(port),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: '20',
      },
      stdout: 'ignore',
      stderr: 'inherit',
    });
    try {
      const response = await untilAnswered(`http://localhost:${port}/hello/Ada`);
      expect(await response.text()).toBe('Hello Ada');
      await collector.waitForSpans((spans) => spans.length === 2);
      const [[root] = []] = [...collector.toTrees().values()];
      expect(root?.name).toBe('GET /hello/:name');
      expect(root?.span.resource['service.name']).toBe('greeter');
      expect(root?.children.map((child) => child.name)).toEqual(['greet']);
    } finally {
      process.kill();
      await process.exited;
    }
  });

  test('for Workers sends a trace under waitUntil', async () => {
    collector.clear();
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
