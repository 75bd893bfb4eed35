/** Goal: messages of gRPC are found wherever a request was cut, within bounds. Method: the reader alone, every cut of a few messages. */
import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { RPC_LIMITS } from '../../../src/limits.ts';
import { createMessageReader, type MessageReader } from '../../../src/rpc/grpc/message-reader.ts';
import { grpcMessage } from '../../hostile/rig/grpc-call.ts';

const MESSAGES = ['one', '', 'a third', 'x'.repeat(300)];
const ALL = Buffer.concat(MESSAGES.map((text) => grpcMessage(Buffer.from(text))));

/** What the reader finds in these pieces, one after the other. */
function read(reader: MessageReader, pieces: readonly Uint8Array[]): string[] {
  const found: string[] = [];
  for (const piece of pieces) {
    reader.add(piece);
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      found.push(Buffer.from(message).toString());
    }
  }
  return found;
}

function refusal(act: () => unknown): ConnectError {
  try {
    act();
  } catch (error) {
    return ConnectError.from(error);
  }
  throw new Error('nothing was thrown');
}

describe('a reader of messages', () => {
  it('finds them in one piece, and wherever that is cut in two', () => {
    expect(read(createMessageReader(), [ALL])).toEqual(MESSAGES);
    for (let cut = 1; cut < ALL.length; cut++) {
      expect(read(createMessageReader(), [ALL.subarray(0, cut), ALL.subarray(cut)])).toEqual(MESSAGES);
    }
  });

  it.each([1, 2, 3, 7, 64])('finds them in pieces of %i bytes', (size) => {
    const pieces = Array.from({ length: Math.ceil(ALL.length / size) }, (_, index) =>
      ALL.subarray(index * size, (index + 1) * size),
    );
    expect(read(createMessageReader(), pieces)).toEqual(MESSAGES);
  });

  it('puts a large message together that comes in odd pieces', () => {
    const large = Buffer.alloc(RPC_LIMITS.gatherBytes * 5 + 3, 'abcdefg');
    const bytes = Buffer.concat([grpcMessage(large), grpcMessage(Buffer.from('next'))]);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1_021) }, (_, index) =>
      bytes.subarray(index * 1_021, (index + 1) * 1_021),
    );
    expect(read(createMessageReader(), pieces)).toEqual([large.toString(), 'next']);
  });

  it('makes no copy of a message that came whole', () => {
    const reader = createMessageReader();
    const packet = Uint8Array.from(ALL);
    reader.add(packet);
    expect(reader.next()?.buffer).toBe(packet.buffer);
  });

  it('keeps no packet of a message that came in parts', () => {
    const reader = createMessageReader();
    const packet = Uint8Array.from(ALL);
    expect(read(reader, [packet.subarray(0, 7)])).toEqual([]);
    reader.add(packet.subarray(7));
    const message = reader.next();
    packet.fill(0);
    expect(message && Buffer.from(message).toString()).toBe('one');
    expect(message?.buffer.byteLength).toBe(3);
  });

  it('counts what is unfinished', () => {
    const reader = createMessageReader();
    const counts = [...grpcMessage(Buffer.from('ab'))].map((byte) => {
      read(reader, [Uint8Array.of(byte)]);
      return reader.unfinished;
    });
    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 0]);
  });

  it('refuses a message by its prefix when it is too large', () => {
    const prefix = grpcMessage(new Uint8Array(0), { length: 11 });
    const reader = createMessageReader(10);
    const refused = refusal(() => read(reader, [prefix]));
    expect(refused).toMatchObject({
      code: Code.ResourceExhausted,
      rawMessage: expect.stringMatching(/^message size 11 /),
    });
    expect(read(createMessageReader(11), [prefix])).toEqual([]);
  });

  it('refuses a compressed message, as gRPC wants it', () => {
    const refused = refusal(() => read(createMessageReader(), [grpcMessage(Buffer.from('a'), { compressed: true })]));
    expect(refused.code).toBe(Code.Internal);
  });
});
