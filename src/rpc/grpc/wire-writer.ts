import { PREFIX_BYTES, writePrefix } from './prefix.ts';

/** Wire types of protobuf, in the lower three bits of a field's tag. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Bytes of the longest number, 2^53 and more. */
const VARINT_BYTES = 8;
/** Of a tag and a number behind it. */
const HEADER_BYTES = 1 + VARINT_BYTES;
/** UTF-8 has no more for a unit of UTF-16. */
const BYTES_PER_UNIT = 3;

/**
 * Writes protobuf from its end to its beginning: the length of a message is known when its fields have been written, and stands
 * before them. So callers name the last field first, and nothing is gone over twice.
 *
 * Fields have numbers below 16, whose tag is one byte; a field at its default is left out, as protobuf has it.
 */
export class WireWriter {
  #buffer: Buffer;
  /** Where what is written begins. */
  #at: number;

  /** With room for so many bytes; more is made when it is needed. */
  constructor(capacity: number) {
    this.#buffer = Buffer.allocUnsafe(capacity);
    this.#at = capacity;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#buffer.length - this.#at;
  }

  /** What was written. The writer must not be used after it. */
  finish(): Uint8Array {
    return this.#buffer.subarray(this.#at);
  }

  /** A number or an enum; whole, and not negative. */
  uint(field: number, value: number): void {
    if (value === 0) return;
    this.#reserve(HEADER_BYTES);
    this.#varint(value);
    this.#tag(field, VARINT);
  }

  text(field: number, value: string): void {
    if (value !== '') this.element(field, value);
  }

  /** The same for an element of a list, which is there even if it is empty. */
  element(field: number, value: string): void {
    this.#reserve(HEADER_BYTES + value.length * BYTES_PER_UNIT);
    this.#header(field, this.#characters(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.raw(value);
    this.#reserve(HEADER_BYTES);
    this.#header(field, value.length);
  }

  /** A google.protobuf.Timestamp, from milliseconds since the epoch. */
  time(field: number, ms: number): void {
    const end = this.length;
    const seconds = Math.floor(ms / 1_000);
    this.uint(2, (ms - seconds * 1_000) * 1_000_000);
    this.uint(1, seconds);
    this.message(field, end);
  }

  /** Begins the message whose fields were written since `length` was `end`. */
  message(field: number, end: number): void {
    this.#reserve(HEADER_BYTES);
    this.#header(field, this.length - end);
  }

  /** The prefix of gRPC, before what was written since `length` was `end`. */
  prefix(end: number): void {
    this.#reserve(PREFIX_BYTES);
    const length = this.length - end;
    this.#at -= PREFIX_BYTES;
    writePrefix(this.#buffer, this.#at, length);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#at -= bytes.length;
    this.#buffer.set(bytes, this.#at);
  }

  #header(field: number, length: number): void {
    this.#varint(length);
    this.#tag(field, LENGTH_DELIMITED);
  }

  #tag(field: number, wireType: number): void {
    this.#buffer[--this.#at] = (field << 3) | wireType;
  }

  #varint(value: number): void {
    const buffer = this.#buffer;
    if (value < 0x80) {
      buffer[--this.#at] = value;
      return;
    }
    let at = this.#at - varintSize(value);
    this.#at = at;
    let rest = value;
    // Numbers of 31 bits are the fast ones, and shifts know no others.
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 0x80)) buffer[at++] = (rest % 0x80) | 0x80;
    for (; rest > 0x7f; rest >>>= 7) buffer[at++] = (rest & 0x7f) | 0x80;
    buffer[at] = rest;
  }

  /**
   * Writes a text as UTF-8; gives the number of its bytes. Names are short and nearly always ASCII: for these a look at each
   * character costs less than a call out of JavaScript.
   */
  #characters(text: string): number {
    const buffer = this.#buffer;
    const begin = this.#at - text.length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return this.#utf8(text);
      buffer[begin + index] = code;
    }
    this.#at = begin;
    return text.length;
  }

  #utf8(text: string): number {
    const length = Buffer.byteLength(text);
    this.#at -= length;
    return this.#buffer.write(text, this.#at, length);
  }

  #reserve(bytes: number): void {
    if (bytes > this.#at) this.#grow(bytes);
  }

  #grow(bytes: number): void {
    const { length } = this;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, length + bytes));
    larger.set(this.finish(), larger.length - length);
    this.#at = larger.length - length;
    this.#buffer = larger;
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let bound = 0x80; value >= bound; bound *= 0x80) size++;
  return size;
}
