/** Observable instruments of the layer about itself, as tables: one row for each. */

import type { Meter, ObservableCallback } from '@opentelemetry/api';

export type ObservableRow = readonly [
  kind: 'Counter' | 'Gauge' | 'UpDownCounter',
  name: string,
  unit: string,
  description: string,
  read: ObservableCallback,
];

/** Makes the instruments; each row's `read` runs at every collection. */
export function observeAll(meter: Meter, rows: readonly ObservableRow[]): void {
  for (const [kind, name, unit, description, read] of rows) {
    meter[`createObservable${kind}`](name, { unit, description }).addCallback(read);
  }
}
