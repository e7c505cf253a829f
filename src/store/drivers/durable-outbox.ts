/** The outbox in a Durable Object's SQLite storage: rows in order, and the accounts that are kept with them. */

import type { Opportunity } from '../../domain/opportunity.ts';
import type { JournalAccounts, JournalRow } from '../journal.ts';
import type { DurableStorage } from './durable.ts';

const WRITTEN = 'detected';
const STORED = 'stored';

/** Its tables are those of the migration `0004_outbox`. */
export class DurableOutbox {
  /** When it was begun, milliseconds since the epoch. */
  readonly beganAtMs: number;
  readonly #storage: DurableStorage;

  constructor(storage: DurableStorage, nowMs: number) {
    this.#storage = storage;
    storage.sql.exec(
      `INSERT INTO accounts (name, value) VALUES ('began_at_ms', ?1), ('${WRITTEN}', 0), ('${STORED}', 0)
ON CONFLICT DO NOTHING`,
      nowMs,
    );
    this.beganAtMs = this.#account('began_at_ms');
  }

  /** Of the last row ever written, also when it is gone; 0 before the first. */
  readLastSequence(): number {
    return this.#number(
      `SELECT coalesce(max(seq), 0) AS value FROM sqlite_sequence WHERE name = 'outbox'`,
    );
  }

  /** Inside the transaction of whoever writes. @param trace - JSON of the trace context. */
  insert(rows: readonly Opportunity[], trace: string, nowMs: number, isStored: boolean): void {
    for (const row of rows) {
      this.#storage.sql.exec(
        `INSERT INTO outbox (type, document, trace, accepted_at_ms, stored_at_ms)
VALUES (?1, ?2, ?3, ?4, ?5)`,
        row.state === 'open' ? 'opened' : 'closed',
        JSON.stringify(row),
        trace,
        nowMs,
        isStored ? nowMs : null,
      );
    }
    this.#count(WRITTEN, rows.length);
    if (isStored) this.#count(STORED, rows.length);
  }

  after(sequence: number, limit: number): readonly JournalRow[] {
    return this.#rows('sequence > ?1', sequence, limit);
  }

  waiting(sequence: number, limit: number): readonly JournalRow[] {
    return this.#rows('sequence > ?1 AND stored_at_ms IS NULL', sequence, limit);
  }

  acknowledge(sequences: readonly number[], nowMs: number): number {
    return this.#storage.transactionSync(() => {
      const changed = this.#storage.sql
        .exec(
          `UPDATE outbox SET stored_at_ms = ?2 WHERE stored_at_ms IS NULL
AND sequence IN (SELECT value FROM json_each(?1)) RETURNING sequence`,
          JSON.stringify(sequences),
          nowMs,
        )
        .toArray().length;
      this.#count(STORED, changed);
      return changed;
    });
  }

  forget(beforeMs: number): number {
    return this.#storage.sql
      .exec(
        'DELETE FROM outbox WHERE stored_at_ms IS NOT NULL AND accepted_at_ms < ?1 RETURNING sequence',
        beforeMs,
      )
      .toArray().length;
  }

  accounts(): JournalAccounts {
    return {
      detectedCount: this.#account(WRITTEN),
      storedCount: this.#account(STORED),
      outboxCount: this.#number('SELECT count(*) AS value FROM outbox WHERE stored_at_ms IS NULL'),
    };
  }

  #rows(condition: string, sequence: number, limit: number): readonly JournalRow[] {
    return this.#storage.sql
      .exec(
        `SELECT sequence, type, document, trace FROM outbox WHERE ${condition} ORDER BY sequence LIMIT ?2`,
        sequence,
        limit,
      )
      .toArray()
      .map(toRow);
  }

  #account(name: string): number {
    return this.#number('SELECT value FROM accounts WHERE name = ?1', name);
  }

  #count(name: string, addedCount: number): void {
    const text = 'UPDATE accounts SET value = value + ?2 WHERE name = ?1';
    this.#storage.sql.exec(text, name, addedCount);
  }

  #number(text: string, ...params: readonly string[]): number {
    const [row] = this.#storage.sql.exec(text, ...params).toArray();
    return Number(row?.value ?? 0);
  }
}

function toRow({ sequence, type, document, trace }: Record<string, unknown>): JournalRow {
  return {
    sequence: Number(sequence),
    type: type === 'opened' ? 'opened' : 'closed',
    opportunity: JSON.parse(String(document)) as Opportunity,
    trace: JSON.parse(String(trace)) as Record<string, string>,
  };
}
