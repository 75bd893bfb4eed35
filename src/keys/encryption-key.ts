import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../lib/random.ts';

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
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, FILE);
  const existing = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (existing !== undefined) return parseEncryptionKey(existing);
  const key = random.bytes(KEY_BYTES);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${Buffer.from(key).toString('base64')}\n`);
    // Data that is sealed with a key that a power cut took is lost.
    await file.sync();
  } finally {
    await file.close();
  }
  return key;
}
