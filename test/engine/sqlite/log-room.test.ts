// Goal: the file of the log is longer than the log before it has to be, in steps, and no longer than a log can get; and whoever reads it
// after a kill finds all that was committed and nothing else.
// Method: a real database whose log is told to have so many frames; and a real engine, copied while it runs.
import { cpSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { readMark } from '../../../src/engine/sqlite/log-mark.ts';
import { openLogRoom } from '../../../src/engine/sqlite/log-room.ts';
import { createSystemClock } from '../../../src/lib/clock.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { SQLITE_LIMITS, STORE_LIMITS } from '../../../src/limits.ts';
import { AGENT, bytes, SENDER } from '../contract/rig.ts';

const { logRoomFromPages, logRoomStepPages, checkpointPages } = SQLITE_LIMITS;
const MESSAGES = 60;
const LARGE = 16 * 1024;

/** Bytes of a log file with so many frames of pages of 4 KiB. */
const lengthOf = (frames: number): number => 32 + frames * (24 + 4_096);

function makeDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'agentbus-room-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function openRoom() {
  const file = join(makeDir(), 'some.db');
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (x)');
  const room = openLogRoom(db, file);
  onTestFinished(() => {
    room.close();
    db.close();
  });
  return { room, db, log: `${file}-wal`, size: () => statSync(`${file}-wal`).size };
}

async function open(dataDir: string): Promise<Engine> {
  const options = { clock: createSystemClock(), random: createSystemRandom(), limits: STORE_LIMITS, observer: {} };
  const engine = await openEngine({ engine: 'sqlite', dataDir, ...options });
  onTestFinished(() => engine.close());
  return engine;
}

test('a short log gets no room, a longer one twice what it has, and then a step at a time', () => {
  const { room, size } = openRoom();
  const before = size();
  room.makeFor(logRoomFromPages - 1);
  expect(size()).toBe(before);
  room.makeFor(logRoomFromPages);
  expect(size()).toBe(lengthOf(2 * logRoomFromPages));
  const long = 3 * logRoomStepPages;
  room.makeFor(long);
  expect(size()).toBe(lengthOf(long + logRoomStepPages));
  room.makeFor(long + 1);
  expect(size()).toBe(lengthOf(long + logRoomStepPages));
  room.makeFor(long + logRoomStepPages - 1);
  expect(size()).toBe(lengthOf(long + 2 * logRoomStepPages - 1));
});

test('no log gets more room than it has frames when it is written back', () => {
  const { room, size } = openRoom();
  for (const frames of [checkpointPages - 1, checkpointPages, 2 * checkpointPages]) room.makeFor(frames);
  expect(size()).toBe(lengthOf(checkpointPages));
});

test('a log that begins anew in a file that was cut gets room again', () => {
  const { room, log, size } = openRoom();
  room.makeFor(checkpointPages);
  truncateSync(log, lengthOf(1));
  room.makeFor(1);
  expect(size()).toBe(lengthOf(1));
  room.makeFor(logRoomFromPages);
  expect(size()).toBe(lengthOf(2 * logRoomFromPages));
});

test('an engine that is killed leaves all that was accepted, and room behind it that nobody reads', async () => {
  const dir = makeDir();
  const engine = await open(dir);
  const common = { sender: SENDER, fingerprint: bytes('f'), recipients: [AGENT], priority: 2, acceptedAt: Date.now() };
  for (let index = 0; index < MESSAGES; index++) {
    await engine.journal.commit({
      messages: [{ ...common, messageId: `m-${index}`, envelope: Buffer.alloc(LARGE, 1) }],
    });
    // What follows a commit is done before the next batch is begun.
    await engine.metadata.get('nothing');
  }
  const copy = makeDir();
  cpSync(dir, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
  const frames = readMark(join(copy, 'agentbus.db'))?.frames ?? Number.NaN;
  expect(frames).toBeGreaterThan(logRoomFromPages);
  expect(statSync(join(copy, 'agentbus.db-wal')).size).toBeGreaterThan(lengthOf(frames));
  await engine.close();

  const again = await open(copy);
  expect(again.mailboxes.depth(AGENT)).toEqual({ messages: MESSAGES, bytes: MESSAGES * LARGE });
  await again.close();
});
