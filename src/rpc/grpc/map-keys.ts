import type { WireReader } from './wire-reader.ts';

/** A map with more keys is refused: each key is compared to those before it, and so many take some microseconds. */
const MAX_KEYS = 64;
const PROTO = Buffer.from('__proto__');
const ZERO = 0x30;
const NINE = 0x39;

/**
 * The keys of a map that is being read, and of the maps around it, as places in the bytes. Refuses a key that an
 * object in memory would not keep in its place: one that came before, a whole number, which goes before all others, and
 * `__proto__`.
 */
export class MapKeys {
  readonly #places: number[] = [];
  /** Where those of the map begin that is being read. */
  #first = 0;

  /** Begins a map within the one that is being read; gives what `close` needs. */
  open(): number {
    const outer = this.#first;
    this.#first = this.#places.length;
    return outer;
  }

  close(outer: number): void {
    this.#places.length = this.#first;
    this.#first = outer;
  }

  /** Takes the key that the reader is behind; its length begins at `key`. */
  add(reader: WireReader, key: number): void {
    const places = this.#places;
    if (places.length - this.#first >= MAX_KEYS || isMoved(reader, key + 1)) reader.refuse();
    for (let index = this.#first; index < places.length; index++) {
      if (isSame(reader, key, places[index] as number)) reader.refuse();
    }
    places.push(key);
  }
}

/**
 * Whether the key is the one of another place. The length is part of it: the beginning of a longer key is another one. The
 * last byte is looked at first, because keys that differ at all often differ there alone, as `item_1` and `item_2`.
 */
function isSame({ bytes, at: end }: WireReader, key: number, other: number): boolean {
  if (bytes[end - 1] !== bytes[other + end - key - 1]) return false;
  let at = key;
  let place = other;
  while (at < end && bytes[at] === bytes[place]) {
    at++;
    place++;
  }
  return at === end;
}

/** Whether an object would put a key, whose text begins at `from`, elsewhere or nowhere. */
function isMoved({ bytes, at: end }: WireReader, from: number): boolean {
  const first = bytes[from] as number;
  if (first === PROTO[0]) return PROTO.equals(bytes.subarray(from, end));
  if (from === end || first < ZERO || first > NINE) return false;
  let at = from;
  while (at < end && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at++;
  return at === end;
}
