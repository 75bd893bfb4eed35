/**
 * The content of a message: its number in decimal, padded with zeros, then filler up to the size. So whoever receives it knows which
 * one it is, and has looked into it.
 */
export interface NumberedContent {
  /** The number as it begins the content: `NUMBER_DIGITS` characters of ASCII. */
  number(message: number): string;
  /** What follows the number in every message of this size. */
  readonly filler: string;
}

/** Enough for any run: ten thousand million messages. */
export const NUMBER_DIGITS = 10;

const ZERO = 48;

/** Content of a size, which is at least that of a number. */
export function numberedContent(bytes: number): NumberedContent {
  if (bytes < NUMBER_DIGITS) throw new Error(`a message of ${bytes} bytes has no room for its number`);
  return {
    number: (message) => String(message).padStart(NUMBER_DIGITS, '0'),
    filler: 'x'.repeat(bytes - NUMBER_DIGITS),
  };
}

/** The number at the beginning of a content. Throws if there is none. */
export function readNumber(buffer: Uint8Array, start: number, end = start + NUMBER_DIGITS): number {
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = (buffer[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) throw new Error('a message does not begin with its number');
    number = number * 10 + digit;
  }
  return number;
}
