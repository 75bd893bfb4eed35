/** As much of the encoding of protobuf as a load needs that must cost next to nothing. */

/** A field of bytes: tag, length, content. For fields 1 to 15. */
export function bytesField(field: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(content.length), content]);
}

/** A whole number below 2^31 as protobuf writes it. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** gRPC's five bytes before a message, and the message. */
export function grpcMessage(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/**
 * Walks over the fields of one message. One object serves a whole stream: `over` sets it to a message, each `next` to a field of it.
 */
export interface FieldReader {
  /** Begins with the bytes from `start` to `end`. */
  over(bytes: Uint8Array, start: number, end: number): void;
  /** Goes to the next field; false behind the last one. Throws if the bytes are no message. */
  next(): boolean;
  /** Number of the field. */
  readonly field: number;
  /** Where its content begins and ends, in the bytes. Equal for numbers. */
  readonly start: number;
  readonly end: number;
}

/** Makes a reader without a message. */
export function createFieldReader(): FieldReader {
  let bytes: Uint8Array = new Uint8Array();
  let at = 0;
  let limit = 0;
  const reader = { over, next, field: 0, start: 0, end: 0 };

  function over(message: Uint8Array, start: number, end: number): void {
    bytes = message;
    at = start;
    limit = end;
  }

  /** Lengths and tags; of larger numbers the low 32 bits. */
  function readVarint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || at > limit) throw new Error('a message ends within a number');
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  function next(): boolean {
    if (at >= limit) return false;
    const tag = readVarint();
    reader.field = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === 0) readVarint();
    const length = wireType === 2 ? readVarint() : wireType === 1 ? 8 : wireType === 5 ? 4 : 0;
    reader.start = at;
    at += length;
    reader.end = at;
    if (at > limit) throw new Error('a field ends behind its message');
    return true;
  }

  return reader;
}
