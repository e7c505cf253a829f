import { expect, test } from 'bun:test';
import { ProtobufWriter } from '../../../src/telemetry/export/protobuf-writer.ts';

function write(writer: ProtobufWriter, depth: number): void {
  if (depth === 0) return;
  writer.string(1, `text ${depth} ${'é'.repeat(depth)}`);
  const mark = writer.open(2);
  write(writer, depth - 1);
  writer.close(mark);
  writer.uint32(3, 2 ** 31 + depth);
}

test('gives the same bytes however small the buffer was at first', () => {
  const large = new ProtobufWriter(100_000);
  write(large, 40);
  for (let initialBytes = 1; initialBytes < 400; initialBytes += 1) {
    const small = new ProtobufWriter(initialBytes);
    write(small, 40);
    expect(small.finish()).toEqual(large.finish());
  }
});
