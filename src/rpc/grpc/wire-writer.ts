import { PREFIX_BYTES, writePrefix } from './prefix.ts';

/** Wire types of protobuf, in the lower three bits of a field's tag. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * Writes protobuf into a buffer whose size was reckoned before, field by field. Fields have numbers below 16, whose tag is one
 * byte; a field at its default is left out, as protobuf has it. Whoever uses it says the length of a message before its fields.
 */
export interface WireWriter {
  /** The prefix of gRPC before a message of so many bytes. */
  prefix(length: number): void;
  uint(field: number, value: number): void;
  text(field: number, value: string): void;
  /** The same for an element of a list, which is there even if it is empty. */
  element(field: number, value: string): void;
  bytes(field: number, value: Uint8Array): void;
  /** Begins a message of so many bytes; its fields follow. */
  message(field: number, length: number): void;
  /** A google.protobuf.Timestamp. */
  time(field: number, ms: number): void;
  /** Bytes as they are. */
  raw(bytes: Uint8Array): void;
}

export function createWireWriter(buffer: Buffer): WireWriter {
  let at = 0;
  const varint = (value: number): void => {
    let rest = value;
    while (rest > 0x7f) {
      buffer[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    buffer[at++] = rest;
  };
  const uint = (field: number, value: number): void => {
    if (value === 0) return;
    buffer[at++] = (field << 3) | VARINT;
    varint(value);
  };
  const message = (field: number, length: number): void => {
    buffer[at++] = (field << 3) | LENGTH_DELIMITED;
    varint(length);
  };
  const raw = (bytes: Uint8Array): void => {
    buffer.set(bytes, at);
    at += bytes.length;
  };
  const element = (field: number, value: string): void => {
    message(field, textLength(value));
    at += writeText(buffer, value, at);
  };
  return {
    prefix(length) {
      writePrefix(buffer, at, length);
      at += PREFIX_BYTES;
    },
    uint,
    text(field, value) {
      if (value !== '') element(field, value);
    },
    element,
    bytes(field, value) {
      message(field, value.length);
      raw(value);
    },
    message,
    time(field, ms) {
      message(field, timeLength(ms));
      uint(1, Math.floor(ms / 1_000));
      uint(2, (ms % 1_000) * 1_000_000);
    },
    raw,
  };
}

/** Bytes of a field with a number, its tag counted. */
export function uintSize(value: number): number {
  return value === 0 ? 0 : 1 + varintSize(value);
}

/** The same of a text, unless it is empty. */
export function textSize(value: string): number {
  return value === '' ? 0 : elementSize(value);
}

/** The same of a text in a list. */
export function elementSize(value: string): number {
  return messageSize(textLength(value));
}

/** The same of a message, or of bytes, that have this length. */
export function messageSize(length: number): number {
  return 1 + varintSize(length) + length;
}

/** The same of a time, in milliseconds since the epoch; not before it. */
export function timeSize(ms: number): number {
  return messageSize(timeLength(ms));
}

function timeLength(ms: number): number {
  return uintSize(Math.floor(ms / 1_000)) + uintSize((ms % 1_000) * 1_000_000);
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** Names are short and nearly always ASCII: for these a look at each character costs less than a call out of JavaScript. */
function textLength(text: string): number {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return Buffer.byteLength(text);
  }
  return text.length;
}

/** Writes a text as UTF-8; returns the number of its bytes. */
function writeText(buffer: Buffer, text: string, at: number): number {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return buffer.write(text, at);
    buffer[at + index] = code;
  }
  return text.length;
}
