// Goal: the load says to AutoGen's host what its own worker would say, and understands the answers.
// Method: the bytes of its protocol as protobuf has them, written by hand, against what the codec makes and reads.
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeRegister, encodeRequest, encodeResponse } from '../../../bench/peers/autogen/agent-rpc.ts';

/** A field of bytes: its tag, its length, its content. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

const join = (...parts: readonly Buffer[]): Buffer => Buffer.concat(parts);
const payload = (content: string) => join(field(1, 'message'), field(2, 'application/json'), field(3, content));

describe('what AutoGen calls messages', () => {
  it('is registered by type', () => {
    expect(encodeRegister('writer')).toEqual(field(1, 'writer'));
  });

  it('is a request with its id, both agents and the content', () => {
    const encoded = encodeRequest({ requestId: '7', from: 'a', to: 'b', content: Buffer.from('hello') });
    const agent = (type: string) => join(field(1, type), field(2, 'default'));
    expect(encoded).toEqual(
      field(1, join(field(1, '7'), field(2, agent('a')), field(3, agent('b')), field(5, payload('hello')))),
    );
    expect(decodeFrame(encoded)).toEqual({ isResponse: false, requestId: '7', content: Buffer.from('hello') });
  });

  it('is a response with the id of its request', () => {
    const encoded = encodeResponse('7');
    expect(encoded).toEqual(field(2, join(field(1, '7'), field(2, payload('{}')))));
    expect(decodeFrame(encoded)).toEqual({ isResponse: true, requestId: '7', content: Buffer.from('{}') });
  });

  it('is an error when the response says so', () => {
    expect(() => decodeFrame(field(2, join(field(1, '7'), field(3, 'no such agent'))))).toThrow(/no such agent/);
  });

  it.each([
    ['an event', field(3, 'event')],
    ['nothing', Buffer.alloc(0)],
  ])('is not %s', (_, bytes) => {
    expect(() => decodeFrame(bytes)).toThrow(/neither/);
  });
});
