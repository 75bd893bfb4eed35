import { FLAG, FRAME, frame } from '../../hostile/rig/http2-frames.ts';
import { settingsPayload } from '../../hostile/rig/raw-http2.ts';
import { BLOCKS, type Piece } from './http2-pieces.ts';

/** Orders of frames that a state machine of HTTP/2 has to say something about (RFC 9113, sections 5 and 6). */
export function http2Scenes(call: Buffer): readonly Piece[] {
  const request = BLOCKS['a request'] ?? call;
  const { endHeaders, endStream, ack } = FLAG;
  const [padded, priority] = [0x8, 0x20];
  const headers = (stream: number, flags: number, payload = request) =>
    frame({ type: FRAME.headers, flags, stream, payload });
  const more = (stream: number, flags: number, payload = Buffer.alloc(0)) =>
    frame({ type: FRAME.continuation, flags, stream, payload });
  const data = (stream: number, flags: number, payload = Buffer.from('{}')) =>
    frame({ type: FRAME.data, flags, stream, payload });
  const reset = (stream: number, code = 8) => frame({ type: FRAME.reset, stream, payload: uint32(code) });
  const grow = (stream: number, by: number) => frame({ type: FRAME.windowUpdate, stream, payload: uint32(by) });
  const settings = (one: Readonly<Record<number, number>>) =>
    frame({ type: FRAME.settings, payload: settingsPayload(one) });
  const depends = (stream: number, on: number) =>
    frame({ type: FRAME.priority, stream, payload: Buffer.concat([uint32(on), Buffer.of(255)]) });
  const goaway = frame({ type: FRAME.goaway, payload: Buffer.concat([uint32(0), uint32(0)]) });
  const whole = endHeaders | endStream;
  const scenes: Readonly<Record<string, readonly Buffer[]>> = {
    'CONTINUATION before HEADERS': [more(1, endHeaders)],
    'CONTINUATION on another stream': [headers(1, endStream), more(3, endHeaders)],
    'CONTINUATION behind the end of headers': [headers(1, whole), more(1, endHeaders)],
    'PING among CONTINUATION': [
      headers(1, endStream),
      frame({ type: FRAME.ping, payload: Buffer.alloc(8) }),
      more(1, endHeaders),
    ],
    'DATA among CONTINUATION': [headers(1, 0), data(1, endStream), more(1, endHeaders)],
    'CONTINUATION byte by byte': [
      headers(1, endStream, request.subarray(0, 1)),
      ...[...request.subarray(1)].map((byte) => more(1, 0, Buffer.of(byte))),
      more(1, endHeaders),
    ],
    'CONTINUATION without an end': [headers(1, endStream), ...Array(300).fill(more(1, 0))],
    'CONTINUATION of 1 MiB': [headers(1, endStream), ...Array(64).fill(more(1, 0, Buffer.alloc(16_384, 0x82)))],
    'HEADERS twice': [headers(1, endHeaders), headers(1, endHeaders)],
    'HEADERS behind the end': [headers(1, whole), headers(1, whole)],
    'HEADERS on a lower stream': [headers(5, whole), headers(3, whole)],
    'HEADERS on an even stream': [headers(2, whole)],
    'HEADERS on the connection': [headers(0, whole)],
    'the last stream there is': [headers(0x7fffffff, whole), headers(1, whole)],
    'DATA without HEADERS': [data(1, endStream)],
    'DATA on the connection': [data(0, endStream)],
    'DATA behind the end': [headers(1, whole), data(1, endStream)],
    'DATA behind a reset': [headers(1, endHeaders), reset(1), data(1, endStream)],
    'DATA longer than the window': [headers(1, endHeaders, call), ...Array(300).fill(data(1, 0, Buffer.alloc(16_384)))],
    'DATA of nothing, without an end': [headers(1, endHeaders), ...Array(2_000).fill(data(1, 0, Buffer.alloc(0)))],
    'padding longer than the frame': [headers(1, endHeaders), data(1, endStream | padded, Buffer.of(9, 1))],
    'padding and nothing': [headers(1, endHeaders), data(1, endStream | padded, Buffer.alloc(0))],
    'padding alone': [headers(1, endHeaders), data(1, endStream | padded, Buffer.alloc(256, 255))],
    'HEADERS with padding longer than themselves': [
      headers(1, whole | padded, Buffer.concat([Buffer.of(255), request])),
    ],
    'HEADERS with half of a priority': [headers(1, whole | priority, Buffer.of(0, 0))],
    'HEADERS that depend on themselves': [
      headers(1, whole | priority, Buffer.concat([uint32(1), Buffer.of(1), request])),
    ],
    'a stream that depends on itself': [depends(1, 1)],
    'streams that depend on each other': [depends(1, 3), depends(3, 5), depends(5, 1), headers(1, whole)],
    'priorities of many idle streams': Array.from({ length: 2_000 }, (_, index) =>
      depends(2 * index + 1, 2 * index + 3),
    ),
    'RST of an idle stream': [reset(1)],
    'RST of the connection': [reset(0)],
    'RST of an open stream': [headers(1, endHeaders), reset(1, 0), reset(1, 0xffffffff)],
    'RST of a stream that has ended': [headers(1, whole), reset(1)],
    'RST among CONTINUATION': [headers(1, 0), reset(1), more(1, endHeaders)],
    'RST of many streams': Array.from({ length: 200 }, (_, index) => [
      headers(2 * index + 1, whole),
      reset(2 * index + 1),
    ]).flat(),
    'RST of three bytes': [headers(1, endHeaders), frame({ type: FRAME.reset, stream: 1, payload: Buffer.alloc(3) })],
    'GOAWAY and then a request': [goaway, headers(1, whole)],
    'GOAWAY on a stream': [frame({ type: FRAME.goaway, stream: 1, payload: Buffer.alloc(8) })],
    'GOAWAY of four bytes': [frame({ type: FRAME.goaway, payload: Buffer.alloc(4) })],
    'many GOAWAY': Array(500).fill(goaway),
    'a window beyond the largest': [grow(0, 2 ** 31 - 1), grow(0, 2 ** 31 - 1)],
    'the window of a stream beyond the largest': [headers(1, endHeaders), grow(1, 2 ** 31 - 1), grow(1, 2 ** 31 - 1)],
    'a window beyond the largest by settings': [
      headers(1, endHeaders),
      grow(1, 2 ** 31 - 1 - 65_535),
      settings({ 4: 2 ** 31 - 1 }),
    ],
    'a window that grows by nothing': [grow(0, 0)],
    'the window of a stream that grows by nothing': [headers(1, endHeaders), grow(1, 0)],
    'the window of an idle stream': [grow(7, 1)],
    'WINDOW_UPDATE of three bytes': [frame({ type: FRAME.windowUpdate, payload: Buffer.alloc(3) })],
    'a window below nothing': [
      settings({ 4: 65_535 }),
      headers(1, whole, call),
      settings({ 4: 0 }),
      settings({ 4: 2 ** 31 }),
    ],
    'SETTINGS of five bytes': [frame({ type: FRAME.settings, payload: Buffer.alloc(5) })],
    'SETTINGS on a stream': [frame({ type: FRAME.settings, stream: 1 })],
    'SETTINGS that acknowledge and say': [
      frame({ type: FRAME.settings, flags: ack, payload: settingsPayload({ 1: 0 }) }),
    ],
    'acknowledgements of nothing': Array(200).fill(frame({ type: FRAME.settings, flags: ack })),
    'many SETTINGS': Array(200).fill(settings({ 1: 0, 3: 0 })),
    'frames of less than is allowed': [settings({ 5: 1 })],
    'no room for a header': [settings({ 6: 0 }), headers(1, whole)],
    'no table for headers': [settings({ 1: 0 }), headers(1, whole), settings({ 1: 2 ** 32 - 1 }), headers(3, whole)],
    'push by the client': [
      frame({ type: FRAME.pushPromise, flags: endHeaders, stream: 1, payload: Buffer.concat([uint32(2), request]) }),
    ],
    'PING of seven bytes': [frame({ type: FRAME.ping, payload: Buffer.alloc(7) })],
    'PING on a stream': [frame({ type: FRAME.ping, stream: 1, payload: Buffer.alloc(8) })],
    'many PING': Array(500).fill(frame({ type: FRAME.ping, payload: Buffer.alloc(8) })),
    'a frame of 16 KiB and a byte': [frame({ type: FRAME.ping, payload: Buffer.alloc(16_385) })],
    'a frame of 16 MiB that begins': [Buffer.from('ffffff0001', 'hex'), Buffer.alloc(30_000)],
    'frames of no type': Array.from({ length: 200 }, (_, index) => frame({ type: 11 + (index % 240), stream: index })),
    'another preface': [Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    'HTTP/1.1': [Buffer.from('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n')],
    'a call that is refused': [headers(1, endHeaders, call), data(1, endStream)],
    'many calls that are refused': Array.from({ length: 50 }, (_, index) => [
      headers(2 * index + 1, endHeaders, call),
      data(2 * index + 1, endStream),
    ]).flat(),
    'a call with trailers': [headers(1, endHeaders, call), data(1, 0), headers(1, whole, BLOCKS.trailers)],
    'a call with trailers and no end': [headers(1, endHeaders, call), headers(1, endHeaders, BLOCKS.trailers)],
  };
  return Object.entries(scenes).map(([name, frames]) => ({ name, bytes: Buffer.concat(frames) }));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
