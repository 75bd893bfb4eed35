import { hash } from 'node:crypto';
import type { Principal } from '../bus/caller.ts';
import type { Random } from '../lib/random.ts';
import type { Keys } from '../rpc/identity.ts';

/** A principal with the hash of its key: what a keys file says of it. */
export interface KeyHolder extends Principal {
  /** SHA-256 of the key, 64 hexadecimal digits in lower case. */
  readonly keySha256: string;
}

/**
 * Knows keys by their hash. A plain hash is enough because keys are 256 random bits: there is nothing to
 * guess that salt or slowness would protect. Looking a hash up tells an attacker nothing by its timing, since
 * he cannot choose what it is.
 */
export function createKeyRing(holders: readonly KeyHolder[]): Keys {
  const byHash = new Map(holders.map(({ keySha256, name, agents }) => [keySha256, { name, agents }]));
  return { find: (key) => byHash.get(hashKey(key)) };
}

/** The holder of a key that may speak as any agent. */
export function masterHolder(name: string, key: string): KeyHolder {
  return { name, agents: ['*'], keySha256: hashKey(key) };
}

/** A new key: 256 random bits, with a prefix by which secret scanners find it. */
export function mintKey(random: Random): string {
  return `agentbus_${Buffer.from(random.bytes(32)).toString('base64url')}`;
}

/** SHA-256 of a key in hexadecimal digits. In one go: each call looks up its key, and a hash object costs three times as much. */
export function hashKey(key: string): string {
  return hash('sha256', key, 'hex');
}
