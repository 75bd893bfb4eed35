import type { Random } from '../lib/random.ts';
import { hashKey, mintKey } from './key-ring.ts';
import { KeysFileError, readKeysFile, writeKeysFile } from './keys-file.ts';

export interface NewKey {
  readonly file: string;
  readonly name: string;
  /** Patterns of the agents it may speak as. */
  readonly agents: readonly string[];
}

/** Adds a principal to a keys file, which is made if there is none, and returns its key. Rejects with a {@link KeysFileError}. */
export async function addKey({ file, name, agents }: NewKey, random: Random): Promise<string> {
  const holders = (await readKeysFile(file)) ?? [];
  if (holders.some((holder) => holder.name === name)) throw new KeysFileError(`${file}: there is a "${name}" already`);
  const key = mintKey(random);
  await writeKeysFile(file, [...holders, { name, agents, keySha256: hashKey(key) }]);
  return key;
}
