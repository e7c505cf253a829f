import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseSync } from 'oxc-parser';

/** The house, top first: a room may import from itself and from rooms above it. */
const ROOMS = [
  'domain',
  'variable-rows.ts',
  'variables.ts',
  'config.ts',
  'kernel',
  'telemetry',
  'detect',
  'feed',
  'store',
  'cache',
  'alert',
  'trade',
  'lease',
  'pipeline',
  'http',
  'web',
  'shutdown.ts',
  'app.ts',
  'market-app.ts',
  'client.ts',
  'entry',
  'cli',
];
/** Long by nature. */
const TABLES = ['variable-rows.ts', 'variables.ts'];
const SRC = join(import.meta.dir, '../../src');
/** Only these may name a runtime; `node-fetch.ts` has to find out by itself whether it is on Node. */
const RUNTIME_FILES = [
  /^cli\//,
  /^entry\//,
  /\/drivers\//,
  /\/load-file\.ts$/,
  /^telemetry\/node\/node-fetch\.ts$/,
];

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => normalize(path).replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path))
  .sort()
  .map(readSource);

function readSource(path: string): SourceFile {
  const text = readFileSync(join(SRC, path), 'utf8');
  const { module } = parseSync(path, text);
  const fromExports = module.staticExports.flatMap((statement) =>
    statement.entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
  );
  const dynamic = module.dynamicImports.map((call) =>
    text.slice(call.moduleRequest.start + 1, call.moduleRequest.end - 1),
  );
  const fromImports = module.staticImports.map((statement) => statement.moduleRequest.value);
  return { path, text, imports: [...fromImports, ...fromExports, ...dynamic] };
}

function roomOf(path: string): string {
  return path.split('/')[0] ?? path;
}

function localImports(file: SourceFile): string[] {
  return file.imports
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => join(dirname(file.path), specifier).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('..'));
}

describe('the house', () => {
  test('has no file outside its rooms', () => {
    expect(files.map((file) => roomOf(file.path)).filter((room) => !ROOMS.includes(room))).toEqual(
      [],
    );
  });

  test('imports point one way', () => {
    const wrong = files.flatMap((file) =>
      localImports(file)
        .filter((target) => ROOMS.indexOf(roomOf(target)) > ROOMS.indexOf(roomOf(file.path)))
        .map((target) => `${file.path} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('telemetry imports OpenTelemetry and the clock alone', () => {
    const allowed = /^(@opentelemetry\/|node:async_hooks$)/;
    const wrong = files
      .filter((file) => roomOf(file.path) === 'telemetry' && !/load-file\.ts$/.test(file.path))
      .flatMap((file) => [
        ...localImports(file)
          .filter((target) => roomOf(target) !== 'telemetry' && target !== 'domain/clock.ts')
          .map((target) => `${file.path} -> ${target}`),
        ...file.imports
          .filter((specifier) => !specifier.startsWith('.') && !allowed.test(specifier))
          .map((specifier) => `${file.path} -> ${specifier}`),
      ]);
    expect(wrong).toEqual([]);
  });

  test('the pure middle imports no package and reads no clock', () => {
    const middle = files.filter((file) =>
      ['domain', 'kernel', 'detect'].includes(roomOf(file.path)),
    );
    const packages = middle
      .filter((file) => !/load-file\.ts$/.test(file.path))
      .flatMap((file) =>
        file.imports
          .filter((name) => !name.startsWith('.'))
          .map((name) => `${file.path} -> ${name}`),
      );
    const clocks = middle
      .filter((file) => file.path !== 'domain/clock.ts')
      .filter((file) =>
        /\bDate\.now\b|\bnew Date\b|\bperformance\.|Math\.random|systemClock/.test(file.text),
      )
      .map((file) => file.path);
    expect(packages).toEqual([]);
    expect(clocks).toEqual([]);
  });

  test('only the command line and the entries import drivers', () => {
    const wrong = files
      .filter((file) => !['cli', 'entry'].includes(roomOf(file.path)))
      .flatMap((file) =>
        localImports(file)
          .filter((target) => /\/drivers\//.test(target) && !/\/drivers\//.test(file.path))
          .map((target) => `${file.path} -> ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  test('only the edge names a runtime', () => {
    const wrong = files
      .filter((file) => !RUNTIME_FILES.some((pattern) => pattern.test(file.path)))
      .filter((file) => /(?<![\w.'"`])(?:Bun|Deno|process)\.\w/.test(withoutComments(file.text)))
      .map((file) => file.path);
    expect(wrong).toEqual([]);
  });

  test('has no import cycle', () => {
    expect(findCycle()).toBeNull();
  });

  test('entries stay under 60 lines', () => {
    const long = files
      .filter((file) => /^entry\/(bun|deno|workers)\.ts$/.test(file.path))
      .filter((file) => file.text.split('\n').length > 60)
      .map((file) => file.path);
    expect(long).toEqual([]);
  });

  test('says which files are long', () => {
    const long = files
      .filter((file) => !TABLES.includes(file.path) && file.text.split('\n').length > 250)
      .map((file) => file.path);
    if (long.length > 0) process.stderr.write(`warning: over 250 lines: ${long.join(', ')}\n`);
    const tooLong = files
      .filter((file) => !TABLES.includes(file.path) && file.text.split('\n').length > 400)
      .map((file) => file.path);
    expect(tooLong).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

function findCycle(): string | null {
  const graph = new Map(files.map((file) => [file.path, localImports(file)]));
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): string | null => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path].join(' -> ');
    if (done.has(path)) return null;
    trail.push(path);
    for (const target of graph.get(path) ?? []) {
      const cycle = visit(target);
      if (cycle !== null) return cycle;
    }
    trail.pop();
    done.add(path);
    return null;
  };
  for (const path of graph.keys()) {
    const cycle = visit(path);
    if (cycle !== null) return cycle;
  }
  return null;
}
