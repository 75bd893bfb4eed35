import { join } from 'node:path';
import { makeFolder } from '../lib/make-folder.ts';
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
  /** The key that was made just now. */
  readonly made?: MadeKey;
}

export interface MadeKey {
  /** To be shown once. */
  readonly key: string;
  /**
   * Keeps its hash for the next start, durably. To be called when nothing can keep the key from being shown any
   * more: the bus makes no second one, so that a key which was kept and not shown is lost.
   */
  keep(): Promise<void>;
}

/**
 * Gathers the keys that are in force: those that are configured, or else the one in the data directory,
 * which is made at the first start. Writes nothing. Rejects with a {@link KeysFileError}.
 */
export async function loadKeys({ apiKey, keysFile, dataDir, random }: KeySources): Promise<LoadedKeys> {
  const holders: KeyHolder[] = apiKey === undefined ? [] : [masterHolder('api-key', apiKey)];
  if (keysFile !== undefined) holders.push(...(await requireKeysFile(keysFile)));
  if (apiKey !== undefined || keysFile !== undefined) return { keys: createKeyRing(holders) };
  if (dataDir !== ':memory:') return await keyOfDataDir(dataDir, random);
  return makeKey(random, () => Promise.resolve());
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
  return makeKey(random, async (holder) => {
    makeFolder(dataDir);
    await writeKeysFile(path, [holder]);
  });
}

function makeKey(random: Random, store: (holder: KeyHolder) => Promise<void>): LoadedKeys {
  const key = mintKey(random);
  const holder = masterHolder('first-start', key);
  return { keys: createKeyRing([holder]), made: { key, keep: () => store(holder) } };
}
