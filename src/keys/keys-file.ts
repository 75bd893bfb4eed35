import { readFile } from 'node:fs/promises';
import type { KeyHolder } from './key-ring.ts';
import { writeDurably } from './write-durably.ts';

/** What is wrong with a keys file, in one sentence that names file, entry and field. */
export class KeysFileError extends Error {
  override readonly name = 'KeysFileError';
}

const FIELDS = ['name', 'key_sha256', 'agents'];
/** An agent id in which `*` may stand for any run of characters. */
const PATTERN = /^[A-Za-z0-9._/@:*-]{1,255}$/;

/**
 * Reads `{"principals": [{"name", "key_sha256", "agents": ["codex://*"]}]}`. Undefined if there is no such file.
 * Rejects with a {@link KeysFileError}.
 */
export async function readKeysFile(path: string): Promise<KeyHolder[] | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new KeysFileError(`${path}: cannot be read: ${error.message}`);
  });
  return text === undefined ? undefined : parseKeysFile(path, text);
}

/**
 * Writes a keys file, whole or not at all, readable by its owner alone. Durable when it resolves.
 * Rejects with a {@link KeysFileError}, writing nothing, for what `readKeysFile` would refuse.
 */
export async function writeKeysFile(path: string, holders: readonly KeyHolder[]): Promise<void> {
  const principals = holders.map(({ name, keySha256, agents }) => ({ name, key_sha256: keySha256, agents }));
  const text = `${JSON.stringify({ principals }, undefined, 2)}\n`;
  parseKeysFile(path, text);
  await writeDurably(path, text, { ifThere: 'replace' });
}

function parseKeysFile(path: string, text: string): KeyHolder[] {
  const fail = (problem: string): never => {
    throw new KeysFileError(`${path}: ${problem}`);
  };
  const content = parseJson(text) ?? fail('is not JSON');
  const principals = isObject(content) && Array.isArray(content.principals) ? content.principals : undefined;
  if (principals === undefined) return fail('needs a list "principals"');
  const holders = principals.map((entry: unknown, index) =>
    parseHolder(entry, (problem) => fail(`principals[${index}]${problem}`)),
  );
  const names = new Set<string>();
  for (const [index, { name }] of holders.entries()) {
    if (names.has(name)) fail(`principals[${index}].name: "${name}" is there twice`);
    names.add(name);
  }
  return holders;
}

function parseHolder(entry: unknown, fail: (problem: string) => never): KeyHolder {
  if (!isObject(entry)) return fail(' is not an object');
  if ('key' in entry) return fail('.key: keys are not kept here, only their hashes; write key_sha256');
  const unknown = Object.keys(entry).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) return fail(`.${unknown}: there is no such field; there are ${FIELDS.join(', ')}`);
  const { name, key_sha256, agents } = entry;
  if (typeof name !== 'string' || !/^[\w.-]{1,64}$/.test(name)) {
    return fail('.name: needs 1 to 64 letters, digits or any of . _ -');
  }
  if (typeof key_sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(key_sha256)) {
    return fail('.key_sha256: needs the SHA-256 of the key in 64 hexadecimal digits, lower case');
  }
  if (!Array.isArray(agents) || agents.length === 0) return fail('.agents: needs at least one pattern');
  agents.forEach((pattern: unknown, index) => {
    if (typeof pattern === 'string' && PATTERN.test(pattern)) return;
    fail(`.agents[${index}]: is not an agent id, in which * may stand for any characters`);
  });
  return { name, keySha256: key_sha256, agents: agents as string[] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
