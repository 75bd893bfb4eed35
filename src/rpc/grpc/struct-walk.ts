import { MESSAGE_LIMITS } from '../../limits.ts';
import { MapKeys } from './map-keys.ts';
import type { WireReader } from './wire-reader.ts';

// Tags of google.protobuf.Struct, ListValue and Value, and of the entries of a map: the number times 8, and how it is written.
const ENTRY = 0x0a;
const KEY = 0x0a;
const ENTRY_VALUE = 0x12;
const NULL = 0x08;
const NUMBER = 0x11;
const TEXT = 0x1a;
const BOOLEAN = 0x20;
const OBJECT = 0x2a;
const LIST = 0x32;
const LIST_ENTRY = 0x0a;

/**
 * Goes over a google.protobuf.Struct without decoding it, and refuses one that does not read back as it was written, or
 * that has no JSON form: numbers that are none, nesting beyond the bound, values without a kind, keys that come
 * twice.
 */
export function walkStruct(reader: WireReader): void {
  walkObject(reader, new MapKeys(), 1);
}

function walkObject(reader: WireReader, keys: MapKeys, depth: number): void {
  if (depth > MESSAGE_LIMITS.maxJsonDepth) reader.refuse();
  if (!reader.ok) return;
  const around = keys.open();
  const outer = reader.enter();
  while (reader.ok && reader.take(ENTRY)) {
    const parent = reader.enter();
    if (!reader.take(KEY)) reader.refuse();
    const key = reader.at;
    reader.skipText(reader.end);
    keys.add(reader, key);
    if (!reader.take(ENTRY_VALUE)) reader.refuse();
    walkValue(reader, keys, depth);
    reader.leave(parent);
  }
  keys.close(around);
  reader.leave(outer);
}

function walkList(reader: WireReader, keys: MapKeys, depth: number): void {
  if (depth > MESSAGE_LIMITS.maxJsonDepth) reader.refuse();
  if (!reader.ok) return;
  const outer = reader.enter();
  while (reader.ok && reader.take(LIST_ENTRY)) walkValue(reader, keys, depth);
  reader.leave(outer);
}

/** Exactly one kind, which is written even where it says nothing. */
function walkValue(reader: WireReader, keys: MapKeys, depth: number): void {
  const outer = reader.enter();
  const tag = reader.at < reader.end ? reader.bytes[reader.at++] : undefined;
  switch (tag) {
    case TEXT:
      reader.skipText(reader.end);
      break;
    case NUMBER:
      walkNumber(reader);
      break;
    case NULL:
      if (reader.varint() !== 0) reader.refuse();
      break;
    case BOOLEAN:
      if (reader.varint() > 1) reader.refuse();
      break;
    case OBJECT:
      walkObject(reader, keys, depth + 1);
      break;
    case LIST:
      walkList(reader, keys, depth + 1);
      break;
    default:
      reader.refuse();
  }
  reader.leave(outer);
}

/** A double in eight bytes, the lowest first: all bits of the exponent set are infinity or no number. */
function walkNumber(reader: WireReader): void {
  const { bytes, at } = reader;
  reader.at += 8;
  if (reader.at > reader.end) reader.refuse();
  else if (((bytes[at + 7] as number) & 0x7f) === 0x7f && (bytes[at + 6] as number) >= 0xf0) reader.refuse();
}
