/** A POST whose header lines arrive exactly as they are written: a `fetch` would join and trim them. */

import { connect } from 'node:net';

/** @returns the status line of the answer. */
export function rawPost(
  port: number,
  path: string,
  lines: readonly string[],
  body: string,
): Promise<string> {
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'connection: close',
    `content-length: ${Buffer.byteLength(body)}`,
    ...lines,
  ];
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''));
    socket.on('error', reject);
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}
