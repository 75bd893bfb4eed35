import fc from 'fast-check';
import type { Piece } from './http2-pieces.ts';

/** Types of records: cipher change, alert, handshake, data, heartbeat, and one that there is not. */
const types = fc.constantFrom(0x14, 0x15, 0x16, 0x17, 0x18, 0xff);
const versions = fc.constantFrom(0x0300, 0x0301, 0x0303, 0x0304, 0xffff);

/** A greeting for TLS 1.2 as a client writes it, byte for byte the same each time. */
const CLIENT_HELLO = record(0x16, 0x0301, handshake(1, clientHello()));

/** What a port with TLS hears from those who do not speak it, or not to its end. */
export const tlsGarbage: fc.Arbitrary<Piece> = fc.oneof(
  fc.constantFrom<Piece[]>(
    { name: 'nothing', bytes: Buffer.alloc(0) },
    { name: 'a whole greeting, and then nothing', bytes: CLIENT_HELLO },
    { name: 'a greeting twice', bytes: Buffer.concat([CLIENT_HELLO, CLIENT_HELLO]) },
    {
      name: 'a greeting and data in the clear',
      bytes: Buffer.concat([CLIENT_HELLO, record(0x17, 0x0303, Buffer.from('{}'))]),
    },
    { name: 'a greeting and a farewell', bytes: Buffer.concat([CLIENT_HELLO, record(0x15, 0x0303, Buffer.of(1, 0))]) },
    { name: 'a greeting of 16 MiB', bytes: record(0x16, 0x0301, Buffer.from('01ffffff0303', 'hex')) },
    { name: 'HTTP/1.1 in the clear', bytes: Buffer.from('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n') },
    {
      name: 'HTTP/2 in the clear',
      bytes: Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1'),
    },
    { name: 'SSL 2', bytes: Buffer.from('802e0100020015000000100100800200800300800400800500800600400700c0', 'hex') },
    {
      name: 'a thousand empty records',
      bytes: Buffer.concat(Array(1_000).fill(record(0x16, 0x0303, Buffer.alloc(0)))),
    },
    {
      name: 'a hundred warnings',
      bytes: Buffer.concat([CLIENT_HELLO, ...Array(100).fill(record(0x15, 0x0303, Buffer.of(1, 90)))]),
    },
  ),
  fc.nat(CLIENT_HELLO.length - 1).map((length) => ({
    name: `a greeting cut after ${length}`,
    bytes: CLIENT_HELLO.subarray(0, length),
  })),
  fc.tuple(fc.nat(CLIENT_HELLO.length - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
    const bytes = Buffer.from(CLIENT_HELLO);
    bytes[at] = (bytes[at] ?? 0) ^ change;
    return { name: `a greeting whose byte ${at} is changed by ${change}`, bytes };
  }),
  fc
    .array(fc.tuple(types, versions, fc.uint8Array({ maxLength: 60 })), { minLength: 1, maxLength: 4 })
    .map((records) => ({
      name: `records ${fc.stringify(records)}`,
      bytes: Buffer.concat([
        CLIENT_HELLO,
        ...records.map(([type, version, bytes]) => record(type, version, Buffer.from(bytes))),
      ]),
    })),
  fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => ({
    name: `bytes ${Buffer.from(bytes).toString('hex')}`,
    bytes: Buffer.from(bytes),
  })),
);

function record(type: number, version: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type), uint16(version), uint16(content.length), content]);
}

function handshake(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(type, 0), uint16(content.length), content]);
}

/** RFC 5246, section 7.4.1.2: ECDHE with ECDSA, which the certificate of the bus is for. */
function clientHello(): Buffer {
  const extensions = Buffer.concat([
    extension(0x0a, Buffer.from('00020017', 'hex')),
    extension(0x0b, Buffer.from('0100', 'hex')),
    extension(0x0d, Buffer.from('00020403', 'hex')),
    extension(0x10, Buffer.from('0003026832', 'hex')),
  ]);
  return Buffer.concat([
    uint16(0x0303),
    Buffer.alloc(32, 7),
    Buffer.from('000004c02bc02c0100', 'hex'),
    uint16(extensions.length),
    extensions,
  ]);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([uint16(type), uint16(content.length), content]);
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}
