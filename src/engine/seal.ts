import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Random } from '../lib/random.ts';

/** Bytes a key must have. */
export const KEY_BYTES = 32;

/**
 * Seals values with AES-256-GCM. A sealed value is a version byte, a random nonce,
 * the ciphertext and the tag. What it belongs to is authenticated with it, so that
 * one value cannot be passed off as another.
 */
export interface Sealer {
  seal(plain: Uint8Array, belongsTo: string): Uint8Array;
  /** Undefined if it was not sealed with this key, or not for this place, or was changed. */
  open(sealed: Uint8Array, belongsTo: string): Uint8Array | undefined;
}

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES;
const ALGORITHM = 'aes-256-gcm';

/** By how many bytes a value grows. */
export const SEAL_OVERHEAD_BYTES = HEAD_BYTES + TAG_BYTES;

/**
 * Nonces are random: after 2^32 values under one key the odds of a repeat reach one
 * in 2^33, the limit NIST sets. That is 49 days at a thousand values a second, so a
 * busy store wants a new key now and then.
 */
export function createSealer(key: Uint8Array, random: Random): Sealer {
  return {
    seal(plain, belongsTo) {
      const nonce = random.bytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(belongsTo));
      const sealed = new Uint8Array(plain.byteLength + SEAL_OVERHEAD_BYTES);
      sealed[0] = VERSION;
      sealed.set(nonce, 1);
      // GCM turns as many bytes into as many; `final` only completes the tag.
      sealed.set(cipher.update(plain), HEAD_BYTES);
      cipher.final();
      sealed.set(cipher.getAuthTag(), HEAD_BYTES + plain.byteLength);
      return sealed;
    },
    open(sealed, belongsTo) {
      if (sealed[0] !== VERSION || sealed.byteLength < SEAL_OVERHEAD_BYTES) return undefined;
      const end = sealed.byteLength - TAG_BYTES;
      const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(1, HEAD_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(belongsTo))
        .setAuthTag(sealed.subarray(end));
      const plain = decipher.update(sealed.subarray(HEAD_BYTES, end));
      try {
        decipher.final();
        return plain;
      } catch {
        // The one way in which `final` tells that the tag does not match.
        return undefined;
      }
    },
  };
}
