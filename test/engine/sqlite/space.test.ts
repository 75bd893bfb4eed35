// Goal: what is forgotten gives its space back to the file system while the engine runs, and a crash in the middle of
// forgetting leaves nothing behind.
// Method: an engine on disk with a clock of the test; sizes of its files, and its tables, read from outside.
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { MIGRATIONS, migrate } from '../../../src/engine/sqlite/schema.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { SQLITE_LIMITS, STORE_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';

const MiB = 1024 * 1024;
const PAGE_BYTES = 4_096;
const KEPT_BYTES = SQLITE_LIMITS.keepFreePages * PAGE_BYTES;
/** Of many events: several steps of everything. */
const LARGE = 4 * KEPT_BYTES;

const clock = createFakeClock();

function makeDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'agentbus-space-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function open(dataDir: string): Promise<Engine> {
  const random = createSystemRandom();
  const engine = await openEngine({ engine: 'sqlite', dataDir, clock, random, limits: STORE_LIMITS, observer: {} });
  onTestFinished(() => engine.close());
  return engine;
}

/** Bytes of the database and its log. */
function sizeOf(dataDir: string): number {
  return ['agentbus.db', 'agentbus.db-wal'].reduce((sum, name) => sum + statSync(join(dataDir, name)).size, 0);
}

function query(dataDir: string, sql: string): unknown {
  const db = new DatabaseSync(join(dataDir, 'agentbus.db'), { readOnly: true });
  try {
    return Object.values(db.prepare(sql).get() ?? {})[0];
  } finally {
    db.close();
  }
}

/** A session that has ended now, with so many bytes of events. */
async function appendEnded(engine: Engine, sessionId: string, bytes: number): Promise<void> {
  const body = new Uint8Array(64 * 1024);
  const index = { endedAt: clock.now(), state: 'completed', members: [], labels: {} };
  for (let sequence = 0; sequence * body.byteLength < bytes; sequence += 32) {
    const events = Array.from({ length: 32 }, () => body);
    await engine.journal.commit({ append: { sessionId, expectedSequence: sequence, events, index } });
  }
}

/** Lets time pass until something is so, or fails after more than enough steps. */
async function letPassUntil(engine: Engine, isSo: () => boolean): Promise<void> {
  for (let turns = 0; turns < 2_000 && !isSo(); turns++) {
    clock.advance(SQLITE_LIMITS.forgetIntervalMs / 10);
    await engine.journal.flush();
  }
  expect(isSo()).toBe(true);
}

describe('the space of what is forgotten', () => {
  it('is given back while the engine runs, but for a share that is kept for what comes next', async () => {
    const dir = makeDir();
    const engine = await open(dir);
    await engine.agents.put({ agentId: 'test://agent', descriptor: new Uint8Array([1]) });
    await appendEnded(engine, 'large', LARGE);
    expect(sizeOf(dir)).toBeGreaterThan(LARGE);
    clock.advance(STORE_LIMITS.retention.endedSessionAgeMs);
    await letPassUntil(engine, () => sizeOf(dir) < KEPT_BYTES + MiB);
    // What is kept is kept: the file does not shrink to nothing, only to grow again.
    expect(sizeOf(dir)).toBeGreaterThan(KEPT_BYTES - MiB);
    expect(await engine.agents.list({ limit: 9 })).toHaveLength(1);
    await appendEnded(engine, 'next', KEPT_BYTES / 2);
    await engine.close();
    expect(statSync(join(dir, 'agentbus.db')).size).toBeLessThan(KEPT_BYTES + MiB);
  });

  it('is given back by a file of a version that only ever grew, with all that is in it', async () => {
    const dir = makeDir();
    const db = new DatabaseSync(join(dir, 'agentbus.db'));
    // As it was made then: the step that lets a file shrink comes before the first table.
    db.exec('PRAGMA auto_vacuum = NONE; CREATE TABLE first (x); DROP TABLE first');
    migrate(db, 'agentbus.db', MIGRATIONS.slice(0, 2));
    expect(db.prepare('PRAGMA auto_vacuum').get()).toEqual({ auto_vacuum: 0 });
    db.exec(`
      INSERT INTO sessions (session_id, last_sequence, state, ended, listed) VALUES ('old', 4, 'completed', 1, '{"ended":true}');
      INSERT INTO events (session, sequence, body)
        SELECT 1, value, zeroblob(${LARGE / 4}) FROM json_each('[1,2,3,4]');
    `);
    db.close();
    clock.advance(Math.max(0, Date.now() - clock.now()));
    const engine = await open(dir);
    expect((await engine.sessions.load('old'))?.events).toHaveLength(4);
    clock.advance(STORE_LIMITS.retention.endedSessionAgeMs + 60_000);
    await letPassUntil(engine, () => sizeOf(dir) < KEPT_BYTES + MiB);
    expect(await engine.sessions.load('old')).toBeUndefined();
  });

  it('is given back after a crash, which leaves a forgotten session gone, and its id free', async () => {
    const dir = makeDir();
    const engine = await open(dir);
    await appendEnded(engine, 'large', LARGE);
    const told: string[] = [];
    engine.sessions.onForgotten((sessionIds) => void told.push(...sessionIds));
    clock.advance(STORE_LIMITS.retention.endedSessionAgeMs);
    await letPassUntil(engine, () => told.length > 0);
    // As a process finds it that starts after this one was killed here.
    const copy = makeDir();
    cpSync(dir, copy, { recursive: true });
    await engine.close();
    expect(query(copy, 'SELECT count(*) FROM events')).toBeGreaterThan(0);

    const next = await open(copy);
    expect(await next.sessions.load('large')).toBeUndefined();
    await next.journal.commit({
      append: {
        sessionId: 'large',
        expectedSequence: 0,
        events: [new Uint8Array([7])],
        index: { state: 'active', members: [], labels: {} },
      },
    });
    await letPassUntil(next, () => query(copy, 'SELECT count(*) FROM forgotten_sessions') === 0);
    expect(query(copy, 'SELECT count(*) FROM events')).toBe(1);
    const again = await next.sessions.load('large');
    expect(again?.events.map(({ bytes }) => [...bytes])).toEqual([[7]]);
    await letPassUntil(next, () => sizeOf(copy) < KEPT_BYTES + MiB);
  });
});
