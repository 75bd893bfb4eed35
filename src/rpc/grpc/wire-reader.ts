import { isUtf8 } from 'node:buffer';

/** From this length on the platform's check of UTF-8 is faster than a loop, the way to it included. */
const LONG_TEXT_BYTES = 96;
/** Larger numbers are not read here: moments and lengths have up to 42 bits. */
const VARINT_BYTES = 6;

/**
 * Reads protobuf as its own encoder writes it, and nothing else: numbers in as few bytes as they need, no field that says
 * what its absence says as well, text that is UTF-8. Whatever differs is *refused*: `ok` is false from then on, what is
 * read after that means nothing, and the caller takes the bytes to a decoder that knows every form.
 *
 * One reader goes over one message with all its parts; nothing is made for a field but the texts that are asked for.
 */
export class WireReader {
  /** False once anything was found that is not read here. */
  ok = true;
  at: number;
  /** End of the part that is being read. */
  end: number;
  readonly bytes: Uint8Array;
  readonly #buffer: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = 0;
    this.end = bytes.length;
  }

  /** Whether the part has been read to its end, and all of it could be. */
  get done(): boolean {
    return this.ok && this.at === this.end;
  }

  refuse(): void {
    this.ok = false;
  }

  /** Whether the next field has this tag; goes behind the tag if so. Tags of one byte, so fields 1 to 15. */
  take(tag: number): boolean {
    if (this.at >= this.end || this.bytes[this.at] !== tag) return false;
    this.at++;
    return true;
  }

  /** A number of up to 42 bits. */
  varint(): number {
    const { bytes, end } = this;
    let at = this.at;
    let value = 0;
    let scale = 1;
    const last = Math.min(end, at + VARINT_BYTES);
    while (at < last) {
      const byte = bytes[at++] as number;
      if (byte < 0x80) {
        // A last byte of zero is one too many.
        if (byte === 0 && scale > 1) break;
        this.at = at;
        return value + byte * scale;
      }
      value += (byte - 0x80) * scale;
      scale *= 0x80;
    }
    this.ok = false;
    return 0;
  }

  /** A number or enum value whose absence means 0; `most` is the largest that there is. */
  number(most: number): number {
    const value = this.varint();
    if (value < 1 || value > most) this.ok = false;
    return value;
  }

  /** The length of what follows, which is there in full; 0 if not. */
  length(): number {
    const length = this.varint();
    if (length <= this.end - this.at) return length;
    this.ok = false;
    return 0;
  }

  /** Goes into a part that has a length; gives the end of what it is in, for `leave`. */
  enter(): number {
    const outer = this.end;
    this.end = this.length() + this.at;
    return outer;
  }

  /** Leaves a part, which has to be at its end. */
  leave(outer: number): void {
    if (this.at !== this.end) {
      this.ok = false;
      this.at = this.end;
    }
    this.end = outer;
  }

  /** Goes over bytes; gives how many they are. */
  skipBytes(): number {
    const length = this.length();
    this.at += length;
    return length;
  }

  /** Goes over a text of at most so many bytes; gives how many it has. */
  skipText(most: number): number {
    const length = this.length();
    if (length > most) this.ok = false;
    this.at += length;
    this.#requireUtf8(this.at - length, this.at);
    return length;
  }

  /** A text of 1 to so many bytes. */
  text(most: number): string {
    const length = this.length();
    if (length === 0 || length > most) this.ok = false;
    return this.#decode(length);
  }

  /** A text of up to so many bytes, in a place where the empty text is written too. */
  anyText(most: number): string {
    const length = this.length();
    if (length > most) this.ok = false;
    return this.#decode(length);
  }

  /** The same, of a length that was read. */
  #decode(length: number): string {
    const from = this.at;
    this.at += length;
    const encoding = this.#requireUtf8(from, this.at) ? 'latin1' : 'utf8';
    return this.#buffer.toString(encoding, from, this.at);
  }

  /** A text of 1 to so many characters that are all in the class. */
  textOf(characters: Uint8Array, most: number): string {
    const length = this.length();
    const from = this.at;
    if (length === 0 || length > most || !this.isOf(characters, from, from + length)) this.ok = false;
    return this.latin1(length);
  }

  /** The next bytes, which were seen to be ASCII. */
  latin1(length: number): string {
    const from = this.at;
    this.at += length;
    return this.#buffer.toString('latin1', from, this.at);
  }

  /** Whether all bytes from one place to another are in the class. */
  isOf(characters: Uint8Array, from: number, to: number): boolean {
    const { bytes } = this;
    for (let at = from; at < to; at++) if (characters[bytes[at] as number] === 0) return false;
    return true;
  }

  /** Refuses what is not UTF-8; true if it is ASCII as well. */
  #requireUtf8(from: number, to: number): boolean {
    const { bytes } = this;
    if (to - from < LONG_TEXT_BYTES) {
      let at = from;
      while (at < to && (bytes[at] as number) < 0x80) at++;
      if (at === to) return true;
    }
    if (!isUtf8(bytes.subarray(from, to))) this.ok = false;
    return false;
  }
}
