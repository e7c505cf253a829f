/** A client of Redis's wire protocol, version 2 (RESP2, redis.io/docs/reference/protocol-spec). */

import { createConnection } from 'node:net';

/** A server's error is a value here: whoever asked decides what it means. */
export class RespError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export type RespValue = string | number | null | RespError | readonly RespValue[];

export interface RespClient {
  /** Commands are answered in order. */
  send(command: readonly string[]): Promise<RespValue>;
  close(): void;
}

export function createRespClient(port: number): Promise<RespClient> {
  const waiting: { resolve: (value: RespValue) => void; reject: (error: Error) => void }[] = [];
  let buffer = Buffer.alloc(0);
  const socket = createConnection({ port, host: '127.0.0.1' });
  socket.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (let reply = parse(buffer, 0); reply !== null; reply = parse(buffer, 0)) {
      buffer = buffer.subarray(reply.end);
      waiting.shift()?.resolve(reply.value);
    }
  });
  socket.on('close', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error('redis closed the connection'));
  });
  const client: RespClient = {
    send: (command) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        socket.write(encode(command));
      }),
    close: () => socket.destroy(),
  };
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(client));
    socket.on('error', reject);
  });
}

function encode(command: readonly string[]): string {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return `*${command.length}\r\n${parts.join('')}`;
}

interface Reply {
  readonly value: RespValue;
  readonly end: number;
}

/** Null when the reply is not complete yet. */
function parse(buffer: Buffer, start: number): Reply | null {
  const lineEnd = buffer.indexOf('\r\n', start);
  if (lineEnd < 0) return null;
  const line = buffer.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCharCode(buffer[start] ?? 0)) {
    case '+':
      return { value: line, end };
    case '-':
      return { value: new RespError(line), end };
    case ':':
      return { value: Number(line), end };
    case '$':
      return parseBulk(buffer, end, Number(line));
    case '*':
      return parseArray(buffer, end, Number(line));
    default:
      throw new Error('redis sent something that is not RESP2');
  }
}

function parseBulk(buffer: Buffer, start: number, length: number): Reply | null {
  if (length < 0) return { value: null, end: start };
  const end = start + length + 2;
  if (buffer.length < end) return null;
  return { value: buffer.toString('utf8', start, start + length), end };
}

function parseArray(buffer: Buffer, start: number, length: number): Reply | null {
  if (length < 0) return { value: null, end: start };
  const values: RespValue[] = [];
  let end = start;
  for (let index = 0; index < length; index += 1) {
    const item = parse(buffer, end);
    if (item === null) return null;
    values.push(item.value);
    end = item.end;
  }
  return { value: values, end };
}
