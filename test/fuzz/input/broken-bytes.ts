import fc from 'fast-check';
import { NOT_UTF8 } from './awkward-values.ts';

/** One thing that is done to an encoded message; `at` is a place as a part of its length. */
export interface ByteBreakage {
  readonly kind: (typeof KINDS)[number];
  /** 0 to 65535: where, of all places that there are. */
  readonly at: number;
  /** Which of several ways. */
  readonly how: number;
}

const KINDS = [
  'flip',
  'truncate',
  'insert',
  'delete',
  'repeat',
  'swap',
  'overlong varint',
  'endless varint',
  'wire type',
  'length',
  'unknown field',
  'group',
  'field number',
  'twice',
  'reverse',
  'fill',
] as const;

export const byteBreakage: fc.Arbitrary<ByteBreakage> = fc.record(
  {
    kind: fc.constantFrom(...KINDS),
    at: fc.nat(65_535),
    how: fc.nat(255),
  },
  { noNullPrototype: true },
);

const UNKNOWN_FIELDS = [
  'f83e01',
  'fa3e03616263',
  'fd3e00000000',
  'f93e0000000000000000',
  'faffffff0f00',
  '0001',
  '0700',
  '8080808080808080808001',
];
const GROUPS = [
  '0b0c',
  '0b',
  '0c',
  '0b14',
  '0b'.repeat(200),
  `${'0b'.repeat(150)}${'0c'.repeat(150)}`,
  '0b0a0361626300',
];
const OVERLONG = ['8080808000', '80808080808080808000', 'ffffffffffffffffff01', 'ffffffffffffffffff7f'];

/** The bytes with the breakages done one after the other. */
export function breakBytes(bytes: Uint8Array, breakages: readonly ByteBreakage[]): Uint8Array {
  let broken: Buffer = Buffer.from(bytes);
  for (const breakage of breakages) broken = breakOnce(broken, breakage);
  return broken;
}

function breakOnce(bytes: Buffer, { kind, at, how }: ByteBreakage): Buffer {
  const place = Math.floor((at * bytes.length) / 65_536);
  const tag = tagAt(bytes, at);
  const put = (from: number, until: number, inserted: Uint8Array) =>
    Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(until)]);
  const oneOf = (texts: readonly string[]) => Buffer.from(texts[how % texts.length] ?? '', 'hex');
  switch (kind) {
    case 'flip':
      return put(place, place + 1, Buffer.from([(bytes[place] ?? 0) ^ (1 << (how % 8))]));
    case 'truncate':
      return bytes.subarray(0, place);
    case 'insert':
      return put(place, place, Buffer.alloc(1 + (how % 9), how));
    case 'delete':
      return put(place, place + 1 + (how % 9), Buffer.alloc(0));
    case 'repeat':
      return put(place, place, bytes.subarray(place, place + how));
    case 'swap':
      return Buffer.concat([bytes.subarray(place), bytes.subarray(0, place)]);
    case 'overlong varint':
      return put(tag, tag + 1, Buffer.concat([Buffer.from([(bytes[tag] ?? 0) | 0x80]), oneOf(OVERLONG)]));
    case 'endless varint':
      return put(tag, tag, Buffer.alloc(11 + how, 0xff));
    case 'wire type':
      return put(tag, tag + 1, Buffer.from([((bytes[tag] ?? 0) & 0xf8) | (how % 8)]));
    case 'length':
      return put(
        tag + 1,
        tag + 2,
        [Buffer.from([how]), Buffer.from('ffffffff07', 'hex'), Buffer.from('ffffffff0f', 'hex')][how % 3] ?? bytes,
      );
    case 'unknown field':
      return put(tag, tag, oneOf(UNKNOWN_FIELDS));
    case 'group':
      return put(tag, tag, oneOf(GROUPS));
    case 'field number':
      return put(tag, tag + 1, Buffer.from([((how << 3) | ((bytes[tag] ?? 0) & 7)) & 0x7f]));
    case 'twice':
      return Buffer.concat([bytes, bytes.subarray(tag)]);
    case 'reverse':
      return Buffer.from(bytes).reverse();
    case 'fill':
      return Buffer.alloc(bytes.length, how);
  }
}

/** Where one of the message's own fields begins, as far as they can be told apart. */
function tagAt(bytes: Buffer, at: number): number {
  const tags = [0];
  for (let offset = 0; offset < bytes.length && tags.length < 512; ) {
    const next = afterField(bytes, offset);
    if (next === undefined || next >= bytes.length) break;
    tags.push(next);
    offset = next;
  }
  return tags[at % tags.length] ?? 0;
}

function afterField(bytes: Buffer, start: number): number | undefined {
  const wireType = (bytes[start] ?? 0) & 7;
  const value = varint(bytes, varint(bytes, start).end);
  if (wireType === 0) return value.end;
  return wireType === 2 ? value.end + value.value : undefined;
}

function varint(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  for (let offset = start; offset < bytes.length && offset < start + 5; offset++) {
    const byte = bytes[offset] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * (offset - start));
    if (byte < 0x80) return { value, end: offset + 1 };
  }
  return { value, end: bytes.length };
}

const MARK = Buffer.from(NOT_UTF8);
const SPOILED = [
  [0xed, 0xa0, 0x80],
  [0xff, 0xfe, 0x41],
  [0xc0, 0x80, 0x41],
  [0xf4, 0x90, 0x80],
];

/** Puts bytes that are no UTF-8 where the message has its mark for them. */
export function spoilUtf8(bytes: Uint8Array): Uint8Array {
  const spoiled = Buffer.from(bytes);
  for (let at = spoiled.indexOf(MARK), count = 0; at >= 0; at = spoiled.indexOf(MARK, at + 3), count++) {
    spoiled.set(SPOILED[count % SPOILED.length] ?? [], at);
  }
  return spoiled;
}
