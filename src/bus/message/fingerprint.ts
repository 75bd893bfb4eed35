import { createHash } from 'node:crypto';

/** Digest by which a repeat of a message is told from another one of the same name. 16 bytes. */
export function fingerprintOf(envelope: Uint8Array): Uint8Array {
  return createHash('sha256').update(envelope).digest().subarray(0, 16);
}
