import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { assertNotEncrypted, createEncryptedEngine } from '../../src/engine/encrypted.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { createSystemClock } from '../../src/lib/clock.ts';
import { createSystemRandom } from '../../src/lib/random.ts';
import { STORE_LIMITS } from '../../src/limits.ts';
import { bytes, refusal, text } from './contract/rig.ts';
import { describeEngineContract } from './contract.ts';
import { makeDataDir, openOnDisk } from './sqlite-under-test.ts';

const random = createSystemRandom();
const KEY = new Uint8Array(32).fill(1);

describeEngineContract({
  name: 'sqlite on disk, encrypted',
  open: (options) => openOnDisk(options, (engine) => createEncryptedEngine(engine, { key: KEY, random })),
});

describe('an encrypted engine', () => {
  it('leaves nothing that users wrote readable on disk', async () => {
    const dataDir = makeDataDir();
    const engine = await createEncryptedEngine(await open(dataDir), { key: KEY, random });
    await writeEverything(engine);
    const log = readFileSync(join(dataDir, 'agentbus.db-wal'));
    await engine.close();
    const database = readFileSync(join(dataDir, 'agentbus.db'));
    for (const secret of ['secret envelope', 'secret kept envelope', 'secret event', 'secret snapshot']) {
      expect(log.includes(secret), `${secret} in the log`).toBe(false);
      expect(database.includes(secret), `${secret} in the database`).toBe(false);
    }
    // The same search does find what is not sealed, so it would have found the rest.
    expect(database.includes('test://receiver')).toBe(true);
  });

  it('never seals the same bytes the same way', async () => {
    const dataDir = makeDataDir();
    const plain = await open(dataDir);
    const engine = await createEncryptedEngine(plain, { key: KEY, random });
    const event = bytes('the same');
    const index = { state: 'active', members: [], labels: {} };
    await engine.journal.commit({ append: { sessionId: 's', expectedSequence: 0, events: [event, event], index } });
    const [first, second] = await plain.sessions.read({ sessionId: 's', after: 0, limit: 2, maxBytes: 1_000 });
    expect(first?.bytes).not.toEqual(second?.bytes);
  });

  it('refuses the wrong key, and takes the right one again', async () => {
    const dataDir = makeDataDir();
    const first = await createEncryptedEngine(await open(dataDir), { key: KEY, random });
    await writeEverything(first);
    await first.close();
    const plain = await open(dataDir);
    await refusal(createEncryptedEngine(plain, { key: new Uint8Array(32).fill(2), random }), 'wrong_key');
    const again = await createEncryptedEngine(plain, { key: KEY, random });
    expect(text((await again.sessions.load('s'))!.snapshot!.bytes)).toBe('secret snapshot');
  });

  it('refuses sealed data without a key', async () => {
    const engine = await open(makeDataDir());
    await assertNotEncrypted(engine);
    await createEncryptedEngine(engine, { key: KEY, random });
    await refusal(assertNotEncrypted(engine), 'wrong_key');
  });

  it('refuses a key for data that was written without one', async () => {
    const engine = await open(makeDataDir());
    await writeEverything(engine);
    await refusal(createEncryptedEngine(engine, { key: KEY, random }), 'wrong_key');
  });

  it('refuses a key of the wrong length', async () => {
    const engine = await open(makeDataDir());
    await expect(createEncryptedEngine(engine, { key: new Uint8Array(16), random })).rejects.toThrow(RangeError);
  });

  it('notices values that were changed, and values that were put in the place of others', async () => {
    const plain = await open(makeDataDir());
    const engine = await createEncryptedEngine(plain, { key: KEY, random });
    await writeEverything(engine);
    const [event] = await plain.sessions.read({ sessionId: 's', after: 0, limit: 1, maxBytes: 1_000 });
    const changed = event!.bytes.slice();
    changed[20]! ^= 1;
    const index = { state: 'active', members: [], labels: {} };
    for (const [sessionId, stored] of [
      ['changed', changed],
      ['moved', event!.bytes],
      ['short', bytes('x')],
    ] as const) {
      await plain.journal.commit({ append: { sessionId, expectedSequence: 0, events: [stored], index } });
      await refusal(engine.sessions.load(sessionId), 'corrupt');
    }
    expect(await engine.sessions.load('s')).toBeDefined();
  });
});

async function open(dataDir: string): Promise<Engine> {
  const clock = createSystemClock();
  const engine = await openEngine({ engine: 'sqlite', dataDir, clock, random, limits: STORE_LIMITS, observer: {} });
  onTestFinished(async () => {
    await engine.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  return engine;
}

async function writeEverything(engine: Engine): Promise<void> {
  await engine.journal.commit({
    append: {
      sessionId: 's',
      expectedSequence: 0,
      events: [bytes('secret event')],
      snapshot: bytes('secret snapshot'),
      index: { state: 'active', members: ['test://member'], labels: {} },
    },
    messages: [
      {
        sender: 'test://sender',
        messageId: 'm',
        fingerprint: bytes('f'),
        recipients: ['test://receiver'],
        priority: 2,
        acceptedAt: 1,
        envelope: bytes('secret envelope'),
      },
      {
        sender: 'test://sender',
        messageId: 'kept',
        fingerprint: bytes('f'),
        recipients: [],
        priority: 2,
        acceptedAt: 1,
        keep: true,
        envelope: bytes('secret kept envelope'),
      },
    ],
  });
}
