import fc from 'fast-check';
import { FLAG, FRAME, frame, headerBlock, NEWEST_FIELD } from '../../hostile/rig/http2-frames.ts';
import { settingsPayload } from '../../hostile/rig/raw-http2.ts';

/** Something that is written on a connection of HTTP/2, with a name for whoever reads a failure. */
export interface Piece {
  readonly name: string;
  readonly bytes: Buffer;
}

const bytesUpTo = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));

/** Ids of clients and of the bus, of the connection, of streams that are closed and that never were. */
const stream = fc.constantFrom(0, 1, 1, 1, 3, 3, 5, 2, 4, 101, 0x7fffffff, 0x80000001, 0xffffffff);

/** No header, some that are right, and blocks that HPACK cannot read (RFC 7541, sections 5 and 6). */
export const BLOCKS: Readonly<Record<string, Buffer>> = {
  'no fields': Buffer.alloc(0),
  'a request': headerBlock({ ':method': 'GET', ':scheme': 'http', ':authority': 'a', ':path': '/healthz' }),
  'no path': headerBlock({ ':method': 'GET', ':scheme': 'http', ':authority': 'a' }),
  'two paths': Buffer.concat([
    headerBlock({ ':method': 'GET', ':scheme': 'http', ':path': '/' }),
    headerBlock({ ':path': '/metrics' }),
  ]),
  'an unknown pseudo field': headerBlock({ ':method': 'GET', ':scheme': 'http', ':path': '/', ':status': '200' }),
  'a pseudo field behind others': headerBlock({ ':method': 'GET', x: 'y', ':scheme': 'http', ':path': '/' }),
  capitals: headerBlock({ ':method': 'GET', ':scheme': 'http', ':path': '/', Host: 'a' }),
  'fields of a connection': headerBlock({ ':method': 'GET', ':scheme': 'http', ':path': '/', connection: 'close' }),
  'line breaks': headerBlock({ ':method': 'GET', ':scheme': 'http', ':path': '/', x: 'a\r\nb: c\0' }),
  'a length that is no number': headerBlock({
    ':method': 'POST',
    ':scheme': 'http',
    ':path': '/',
    'content-length': '-1',
  }),
  CONNECT: headerBlock({ ':method': 'CONNECT', ':authority': 'a:1' }),
  'an upgrade to websockets': headerBlock({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'http',
    ':path': '/',
    ':authority': 'a',
  }),
  trailers: headerBlock({ 'grpc-status': '0' }),
  'index 0': Buffer.of(0x80),
  'an entry that is not there': NEWEST_FIELD,
  'the largest index': Buffer.from('ffffffffff0f', 'hex'),
  'an endless integer': Buffer.from(`ff${'80'.repeat(40)}`, 'hex'),
  'a text longer than the block': Buffer.from('00057f', 'hex'),
  'a text of 4 GiB': Buffer.from('007fffffffff0f', 'hex'),
  'Huffman with an end of text': Buffer.from('0084ffffffff8161', 'hex'),
  'Huffman with padding of zeros': Buffer.from('0081008100', 'hex'),
  'a table of 4 GiB': Buffer.from('3fffffffff0f', 'hex'),
  'a table that shrinks and grows': Buffer.from('203fe11f'.repeat(8), 'hex'),
  'a new size of the table behind a field': Buffer.from('8220', 'hex'),
};

const block: fc.Arbitrary<readonly [string, Buffer]> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...Object.entries(BLOCKS)) },
  { weight: 1, arbitrary: bytesUpTo(60).map((bytes) => [`block ${bytes.toString('hex')}`, bytes] as const) },
);

const number = fc.constantFrom(
  0,
  1,
  2,
  16_383,
  16_384,
  65_535,
  2 ** 24 - 1,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
);
const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Payloads as their type has them, with values that it may not have. */
const payloads: Readonly<Record<keyof typeof FRAME, fc.Arbitrary<readonly [string, Buffer]>>> = {
  data: fc.constantFrom(
    ...['', '{}', '\x05ab', '\xffabc', 'x'.repeat(16_384)].map(
      (text) => [`data ${text.slice(0, 9)}`, Buffer.from(text, 'latin1')] as const,
    ),
  ),
  headers: block,
  priority: fc
    .tuple(stream, fc.nat(255))
    .map(([on, weight]) => [`on ${on}`, Buffer.concat([uint32(on), Buffer.of(weight)])] as const),
  reset: number.map((code) => [`code ${code}`, uint32(code)] as const),
  settings: fc
    .array(fc.tuple(fc.constantFrom(1, 2, 3, 4, 5, 6, 8, 9, 0xffff), number), { maxLength: 3 })
    .map((settings) => [`settings ${settings.join(' ')}`, settingsPayload(Object.fromEntries(settings))] as const),
  pushPromise: block.map(([name, bytes]) => [name, Buffer.concat([uint32(2), bytes])] as const),
  ping: fc.constant(['ping', Buffer.alloc(8, 'p')] as const),
  goaway: fc
    .tuple(number, number)
    .map(
      ([last, code]) =>
        [`last ${last} code ${code}`, Buffer.concat([uint32(last), uint32(code), Buffer.from('bye')])] as const,
    ),
  windowUpdate: number.map((size) => [`by ${size}`, uint32(size)] as const),
  continuation: block,
};

/** Frames whose header is well-formed. */
const typedFrame: fc.Arbitrary<Piece> = fc.oneof(
  ...Object.entries(payloads).map(([type, payload]) =>
    fc
      .tuple(
        payload,
        stream,
        fc.oneof(fc.constantFrom(FLAG.endHeaders, FLAG.endHeaders | FLAG.endStream, 0, FLAG.ack), fc.nat(255)),
      )
      .map(([[about, bytes], on, flags]) => ({
        name: `${type} on ${on} flags ${flags}: ${about}`,
        bytes: frame({ type: FRAME[type as keyof typeof FRAME], flags, stream: on, payload: bytes }),
      })),
  ),
);

/** Any type, also of those that there are not, with any payload. */
const anyFrame: fc.Arbitrary<Piece> = fc
  .tuple(fc.nat(12), fc.nat(255), stream, bytesUpTo(40))
  .map(([type, flags, on, payload]) => ({
    name: `type ${type} on ${on} flags ${flags}: ${payload.toString('hex')}`,
    bytes: frame({ type, flags, stream: on, payload }),
  }));

/** A frame that is shorter or longer than it says; what follows is then read as something else. */
const lyingFrame: fc.Arbitrary<Piece> = fc
  .tuple(typedFrame, fc.constantFrom(0, 1, 7, 9, 16_384, 16_385, 0xffffff))
  .map(([{ name, bytes }, length]) => {
    const lying = Buffer.from(bytes);
    lying.writeUIntBE(length, 0, 3);
    return { name: `${name}, said to have ${length} bytes`, bytes: lying };
  });

/** A half of a frame. */
const cutFrame: fc.Arbitrary<Piece> = fc.tuple(typedFrame, fc.nat(20)).map(([{ name, bytes }, length]) => ({
  name: `${name}, cut after ${length}`,
  bytes: bytes.subarray(0, length),
}));

/** One thing on a connection; mostly frames, for behind anything else there is no telling where the next one begins. */
export const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 12, arbitrary: typedFrame },
  { weight: 3, arbitrary: anyFrame },
  { weight: 1, arbitrary: lyingFrame },
  { weight: 1, arbitrary: cutFrame },
  { weight: 1, arbitrary: bytesUpTo(80).map((bytes) => ({ name: `bytes ${bytes.toString('hex')}`, bytes })) },
);
