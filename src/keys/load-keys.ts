import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '../lib/random.ts';
import type { Keys } from '../rpc/identity.ts';
import { createKeyRing, type KeyHolder, masterHolder, mintKey } from './key-ring.ts';
import { KeysFileError, readKeysFile, writeKeysFile } from './keys-file.ts';

export interface KeySources {
  /** A key that may speak as any agent. Never stored. */
  readonly apiKey?: string;
  /** Principals of the operator's. */
  readonly keysFile?: string;
  readonly dataDir: string;
  readonly random: Random;
}

export interface LoadedKeys {
  readonly keys: Keys;
  /** The key that was made just now, to be shown once; only its hash is kept. */
  readonly madeKey?: string;
}

/**
 * Gathers the keys that are in force: those that are configured, or else the one in the data directory,
 * which is made at the first start. Rejects with a {@link KeysFileError}.
 */
export async function loadKeys({ apiKey, keysFile, dataDir, random }: KeySources): Promise<LoadedKeys> {
  const holders: KeyHolder[] = apiKey === undefined ? [] : [masterHolder('api-key', apiKey)];
  if (keysFile !== undefined) holders.push(...(await requireKeysFile(keysFile)));
  if (apiKey !== undefined || keysFile !== undefined) return { keys: createKeyRing(holders) };
  return dataDir === ':memory:' ? makeKey(random) : await keyOfDataDir(dataDir, random);
}

async function requireKeysFile(path: string): Promise<KeyHolder[]> {
  const holders = await readKeysFile(path);
  if (holders === undefined) throw new KeysFileError(`${path}: there is no such file`);
  return holders;
}

async function keyOfDataDir(dataDir: string, random: Random): Promise<LoadedKeys> {
  const path = join(dataDir, 'keys.json');
  const holders = await readKeysFile(path);
  if (holders !== undefined) return { keys: createKeyRing(holders) };
  await mkdir(dataDir, { recursive: true });
  const made = makeKey(random);
  await writeKeysFile(path, [masterHolder('first-start', made.madeKey)]);
  return made;
}

function makeKey(random: Random): Required<LoadedKeys> {
  const madeKey = mintKey(random);
  return { keys: createKeyRing([masterHolder('first-start', madeKey)]), madeKey };
}
