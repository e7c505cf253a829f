/** Lets others read the messages of an exchange's sockets before ccxt does. */

import type { CcxtClient } from './ccxt-types.ts';

export interface MessageReader {
  /** @returns true when the message is read: ccxt does not get it. */
  take(data: unknown): boolean;
  /** Called when ccxt has handled a message that no reader took. */
  passed(): void;
}

export class MessageTap {
  readonly #readers = new Set<MessageReader>();

  /** Before `client` dials, once. */
  attach(client: CcxtClient): void {
    const onMessage = client.onMessage.bind(client);
    client.onMessage = (event) => {
      for (const reader of this.#readers) if (reader.take(event.data)) return;
      onMessage(event);
      for (const reader of this.#readers) reader.passed();
    };
  }

  /** @returns what ends it. */
  add(reader: MessageReader): () => void {
    this.#readers.add(reader);
    return () => {
      this.#readers.delete(reader);
    };
  }
}
