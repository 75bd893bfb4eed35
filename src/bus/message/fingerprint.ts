import { hash } from 'node:crypto';

const BYTES = 16;

/**
 * Digest by which a repeat of a message is told from another one of the same name: the first 16 bytes of its SHA-256.
 *
 * By way of a string, because that is four times as fast for a few hundred bytes as a hash object or a buffer of its own.
 */
export function fingerprintOf(envelope: Uint8Array): Uint8Array {
  const digest = Buffer.allocUnsafe(BYTES);
  digest.write(hash('sha256', envelope, 'binary'), 0, BYTES, 'latin1');
  return digest;
}
