import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { keyBesideData } from '../../src/keys/encryption-key.ts';
import { createSystemRandom } from '../../src/lib/random.ts';

// Goal: the key beside the data is made once, whole, and never replaced. Method: real folders, asked one by one and at once.

const random = createSystemRandom();
let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-encryption-'));
  return () => rm(dataDir, { recursive: true });
});

it('is made at the first call, for its owner alone, and found by the next', async () => {
  const key = await keyBesideData(dataDir, random);
  expect(key).toHaveLength(32);
  expect(await keyBesideData(dataDir, random)).toEqual(Buffer.from(key));
  expect(await readdir(dataDir)).toEqual(['encryption.key']);
  expect((await stat(join(dataDir, 'encryption.key'))).mode & 0o777).toBe(0o600);
});

it('makes a data directory that is for its owner alone', async () => {
  const fresh = join(dataDir, 'fresh');
  await keyBesideData(fresh, random);
  expect((await stat(fresh)).mode & 0o777).toBe(0o700);
});

it('is never replaced by a bus that starts at the same time', async () => {
  const starts = await Promise.allSettled([1, 2, 3].map(() => keyBesideData(dataDir, random)));
  const kept = (await readFile(join(dataDir, 'encryption.key'), 'utf8')).trim();
  const given = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  expect(given.length).toBeGreaterThan(0);
  for (const key of given) expect(Buffer.from(key).toString('base64')).toBe(kept);
});
