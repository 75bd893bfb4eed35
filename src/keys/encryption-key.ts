import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../lib/make-folder.ts';
import type { Random } from '../lib/random.ts';
import { writeDurably } from './write-durably.ts';

/** AES-256. */
const KEY_BYTES = 32;
const FILE = 'encryption.key';

/** Reads a key as configurations spell it: base64 of 32 bytes. Throws a plain sentence if it is something else. */
export function parseEncryptionKey(text: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.byteLength !== KEY_BYTES) {
    throw new Error(`an encryption key is ${KEY_BYTES} bytes in base64; this one has ${key.byteLength} bytes`);
  }
  return key;
}

/**
 * The key that is kept beside the data, for programs that name none; made at the first call. It keeps copies of the
 * database unreadable, not a copy of the whole directory: who wants that keeps the key elsewhere.
 */
export async function keyBesideData(dataDir: string, random: Random): Promise<Uint8Array> {
  makeFolder(dataDir);
  const path = join(dataDir, FILE);
  const existing = await readKey(path);
  if (existing !== undefined) return existing;
  const key = random.bytes(KEY_BYTES);
  // Data that is sealed with a key that a power cut took, or another process replaced, is lost.
  await writeDurably(path, `${Buffer.from(key).toString('base64')}\n`, { ifThere: 'reject' });
  return key;
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseEncryptionKey(text);
}
