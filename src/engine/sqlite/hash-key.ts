/** Hashes are below this: what a double holds exactly. */
export const HASH_RANGE = 2 ** 53;

/**
 * A 53-bit hash of a record's key, for finding it and no more: whoever uses it compares
 * the key itself as well. It is on disk, so it must never change.
 */
export function hashKey(sender: string, messageId: string): number {
  let high = 0x2545f491;
  let low = 0x9e3779b9;
  for (const text of [sender, messageId]) {
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      high = Math.imul(high ^ unit, 0x85ebca6b);
      low = Math.imul(low ^ unit, 0xc2b2ae35);
    }
    // The end of a text counts as a character that no text has.
    high = Math.imul(high ^ 0x10000, 0x85ebca6b);
    low = Math.imul(low ^ 0x10000, 0xc2b2ae35);
  }
  high = Math.imul(high ^ (high >>> 15) ^ (low >>> 7), 0x2c1b3c6d);
  low = Math.imul(low ^ (low >>> 13) ^ (high >>> 9), 0x297a2d39);
  high ^= high >>> 16;
  low ^= low >>> 15;
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
