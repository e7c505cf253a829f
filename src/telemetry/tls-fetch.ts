/** Certificates of OTLP destinations: read where the program can, and told by name where it cannot. */

import type { TlsFiles } from './config-signals.ts';
import type { FetchFunction } from './export/post.ts';
import type { ToFetch } from './span-sink.ts';

/**
 * @param load - null: this program was built without it.
 * @param warn - told once per set of files; it never hears a path.
 * @param plain - for destinations without certificates of their own; null: `fetch`.
 */
export function createTlsFetch(
  load: ((files: TlsFiles) => FetchFunction) | null,
  warn: (message: string) => void,
  plain: FetchFunction | null,
): ToFetch {
  const known = new Map<string, FetchFunction | null>();
  const open = (files: TlsFiles): FetchFunction | null => {
    const names = 'OTEL_EXPORTER_OTLP_CERTIFICATE, CLIENT_CERTIFICATE and CLIENT_KEY';
    if (load === null) {
      warn(`${names} are ignored: this program was built without certificates`);
      return null;
    }
    try {
      return load(files);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? `, ${error.code}` : '';
      warn(`${names} are ignored: expected PEM files and a runtime that takes them${code}`);
      return null;
    }
  };
  return (files) => {
    if (files === null) return plain;
    const key = JSON.stringify(files);
    const found = known.get(key) ?? (known.has(key) ? null : open(files));
    known.set(key, found);
    return found;
  };
}
