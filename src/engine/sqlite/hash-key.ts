/** Hashes are below this: what a double holds exactly. */
export const HASH_RANGE = 2 ** 53;

/** A hash of a record's key: a whole number below `HASH_RANGE`. */
export type HashKey = (sender: string, messageId: string) => number;

/**
 * Hashes record keys, for finding them and no more: whoever uses it compares the key itself
 * as well. Hashes are on disk, so what comes out for a seed must never change.
 *
 * Each file has a seed of its own that nobody is told. Clients choose the ids, and if they knew the
 * hash they could choose thousands that collide, and make every message look through all of them.
 */
export function createHashKey(seed: number): HashKey {
  const seedHigh = Math.floor(seed / 2 ** 32) ^ 0x2545f491;
  const seedLow = (seed >>> 0) ^ 0x9e3779b9;
  // Messages of one sender come together: what follows from it alone is the same as for the one before.
  let known: string | undefined;
  let knownHigh = 0;
  let knownLow = 0;
  return (sender, messageId) => {
    if (sender !== known) {
      knownHigh = addText(seedHigh, sender, 0x85ebca6b);
      knownLow = addText(seedLow, sender, 0xc2b2ae35);
      known = sender;
    }
    return finish(addText(knownHigh, messageId, 0x85ebca6b), addText(knownLow, messageId, 0xc2b2ae35));
  };
}

function addText(before: number, text: string, factor: number): number {
  let state = before;
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), factor);
  // The end of a text counts as a character that no text has.
  return Math.imul(state ^ 0x10000, factor);
}

function finish(stateHigh: number, stateLow: number): number {
  let high = stateHigh;
  let low = stateLow;
  high = Math.imul(high ^ (high >>> 15) ^ (low >>> 7), 0x2c1b3c6d);
  low = Math.imul(low ^ (low >>> 13) ^ (high >>> 9), 0x297a2d39);
  high ^= high >>> 16;
  low ^= low >>> 15;
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
