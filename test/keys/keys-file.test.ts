import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addKey } from '../../src/keys/add-key.ts';
import { createKeyRing, hashKey, mintKey } from '../../src/keys/key-ring.ts';
import { KeysFileError, readKeysFile } from '../../src/keys/keys-file.ts';
import { loadKeys } from '../../src/keys/load-keys.ts';
import { createSystemRandom } from '../../src/lib/random.ts';

// Goal: keys are known by their hash alone, and a keys file that is wrong is refused with the place.
// Method: files of every wrong kind; and what the bus writes itself.

const random = createSystemRandom();
const HASH = 'a'.repeat(64);
const good = { name: 'ops', key_sha256: HASH, agents: ['claude-code://*'] };

describe('a keys file', () => {
  it('is read whole', async () => {
    const file = await fileWith({ principals: [good, { ...good, name: 'ci', agents: ['*'] }] });
    expect(await readKeysFile(file)).toEqual([
      { name: 'ops', keySha256: HASH, agents: ['claude-code://*'] },
      { name: 'ci', keySha256: HASH, agents: ['*'] },
    ]);
  });

  it.each([
    ['not JSON', '{', 'is not JSON'],
    ['no object', [], 'needs a list "principals"'],
    ['no list', { principals: {} }, 'needs a list "principals"'],
    ['an entry that is none', { principals: [5] }, 'principals[0] is not an object'],
    [
      'a plain key',
      { principals: [good, { name: 'b', key: 'agentbus_x', agents: ['*'] }] },
      'principals[1].key: keys are not kept here',
    ],
    ['an unknown field', { principals: [{ ...good, role: 'x' }] }, 'principals[0].role: there is no such field'],
    ['no name', { principals: [{ ...good, name: '' }] }, 'principals[0].name: needs 1 to 64'],
    ['a name twice', { principals: [good, good] }, 'principals[1].name: "ops" is there twice'],
    [
      'a hash that is none',
      { principals: [{ ...good, key_sha256: 'abc' }] },
      'principals[0].key_sha256: needs the SHA-256',
    ],
    ['no agents', { principals: [{ ...good, agents: [] }] }, 'principals[0].agents: needs at least one pattern'],
    [
      'an agent that is none',
      { principals: [{ ...good, agents: ['*', 'a b'] }] },
      'principals[0].agents[1]: is not an agent id',
    ],
  ])('with %s is refused with the place', async (_, content, problem) => {
    const file = await fileWith(content);
    const reading = readKeysFile(file);
    await expect(reading).rejects.toThrow(KeysFileError);
    await expect(reading).rejects.toThrow(`${file}: ${problem}`);
  });

  it('never shows a key that somebody wrote into it', async () => {
    const file = await fileWith({ principals: [{ ...good, key_sha256: 'agentbus_secret' }] });
    await expect(readKeysFile(file)).rejects.not.toThrow(/agentbus_secret/);
  });
});

describe('keys add', () => {
  it('writes the hash, for the owner alone, and the key works', async () => {
    const file = join(await folder(), 'keys.json');
    const key = await addKey({ file, name: 'ops', agents: ['claude-code://*'] }, random);
    expect(await readFile(file, 'utf8')).not.toContain(key);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const ring = createKeyRing((await readKeysFile(file)) ?? []);
    expect(ring.find(key)).toEqual({ name: 'ops', agents: ['claude-code://*'] });
    expect(ring.find(`${key}x`)).toBeUndefined();
    expect(ring.find(hashKey(key))).toBeUndefined();
  });

  it('keeps those that are there, and refuses a name twice', async () => {
    const file = await fileWith({ principals: [good] });
    await addKey({ file, name: 'ci', agents: ['*'] }, random);
    expect((await readKeysFile(file))?.map((holder) => holder.name)).toEqual(['ops', 'ci']);
    await expect(addKey({ file, name: 'ci', agents: ['*'] }, random)).rejects.toThrow('"ci"');
  });

  it('leaves the file alone if the new entry would spoil it', async () => {
    const file = await fileWith({ principals: [good] });
    const before = await readFile(file, 'utf8');
    await expect(addKey({ file, name: 'a b', agents: ['*'] }, random)).rejects.toThrow(KeysFileError);
    expect(await readFile(file, 'utf8')).toBe(before);
  });
});

describe('the first start', () => {
  it('makes a key, keeps its hash, and knows it at the next start', async () => {
    const dataDir = join(await folder(), 'data');
    const first = await loadKeys({ dataDir, random });
    const key = first.made?.key ?? '';
    expect(key).toMatch(/^agentbus_[\w-]{43}$/);
    expect(first.keys.find(key)?.agents).toEqual(['*']);
    await first.made?.keep();
    const kept = join(dataDir, 'keys.json');
    expect(await readFile(kept, 'utf8')).not.toContain(key);
    expect((await stat(kept)).mode & 0o777).toBe(0o600);
    const second = await loadKeys({ dataDir, random });
    expect(second.made).toBeUndefined();
    expect(second.keys.find(key)?.agents).toEqual(['*']);
  });

  it('makes a data directory that is for its owner alone', async () => {
    const dataDir = join(await folder(), 'data');
    await (await loadKeys({ dataDir, random })).made?.keep();
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
  });

  it('makes none where one is configured, and stores none', async () => {
    const dataDir = await folder();
    const { keys, made } = await loadKeys({ dataDir, random, apiKey: 'dev-key' });
    expect(made).toBeUndefined();
    expect(keys.find('dev-key')?.agents).toEqual(['*']);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('refuses to start without the keys file that was named', async () => {
    const keysFile = join(await folder(), 'missing.json');
    await expect(loadKeys({ dataDir: ':memory:', random, keysFile })).rejects.toThrow(
      `${keysFile}: there is no such file`,
    );
  });

  it('never makes the same key twice', () => {
    expect(mintKey(random)).not.toBe(mintKey(random));
  });
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'agentbus-keys-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

async function fileWith(content: unknown): Promise<string> {
  const file = join(await folder(), 'keys.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
