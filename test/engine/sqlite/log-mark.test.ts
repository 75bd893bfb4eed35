// Goal: data that was there and is gone keeps a bus from starting, and nothing that a crash, a power cut, an operator's tool or a restored
// backup leaves behind does. Method: real engines on real directories; what is in them while an engine runs is copied
// away, as a killed process leaves it, and files of the copy are deleted, cut or replaced.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { backUp } from '../../../src/engine/sqlite/backup/back-up.ts';
import { restore } from '../../../src/engine/sqlite/backup/restore.ts';
import { openDatabase } from '../../../src/engine/sqlite/database.ts';
import { createSystemClock } from '../../../src/lib/clock.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { SQLITE_LIMITS, STORE_LIMITS } from '../../../src/limits.ts';
import { AGENT, bytes, SENDER } from '../contract/rig.ts';

const MESSAGES = 5;
const LARGE = 1_024 * 1_024;
const PAGE = 4_096;

function makeDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'agentbus-mark-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function open(dataDir: string): Promise<Engine> {
  const options = { clock: createSystemClock(), random: createSystemRandom(), limits: STORE_LIMITS, observer: {} };
  const engine = await openEngine({ engine: 'sqlite', dataDir, ...options });
  onTestFinished(() => engine.close());
  return engine;
}

interface Some {
  readonly from: number;
  readonly until: number;
  /** Of each, in bytes. */
  readonly size?: number;
}

async function send(engine: Engine, { from, until, size = 100 }: Some): Promise<void> {
  for (let index = from; index < until; index++) {
    const common = {
      sender: SENDER,
      fingerprint: bytes('f'),
      recipients: [AGENT],
      priority: 2,
      acceptedAt: Date.now(),
    };
    await engine.journal.commit({ messages: [{ ...common, messageId: `m-${index}`, envelope: Buffer.alloc(size) }] });
    // What is marked of a commit is marked after its answer, and before the next batch is begun.
    await engine.metadata.get('nothing');
  }
}

/** What is left of an engine that is killed now. */
function killed(dataDir: string): string {
  const copy = makeDir();
  cpSync(dataDir, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
  return copy;
}

const database = (dir: string): string => join(dir, 'agentbus.db');
const log = (dir: string): string => `${database(dir)}-wal`;
const mark = (dir: string): string => `${database(dir)}-mark`;

async function waiting(dataDir: string): Promise<number> {
  const engine = await open(dataDir);
  const { messages } = engine.mailboxes.depth(AGENT);
  await engine.close();
  return messages;
}

async function workedAndKilled(): Promise<string> {
  const dir = makeDir();
  const engine = await open(dir);
  await send(engine, { from: 0, until: MESSAGES });
  const copy = killed(dir);
  await engine.close();
  return copy;
}

async function workedAndStopped(): Promise<string> {
  const dir = makeDir();
  const engine = await open(dir);
  await send(engine, { from: 0, until: MESSAGES });
  await engine.close();
  return dir;
}

/** As `sqlite3 agentbus.db 'PRAGMA wal_checkpoint(TRUNCATE)'` does, and any look with that tool when it ends. */
function lookAt(dir: string): void {
  const db = new DatabaseSync(database(dir));
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

const REFUSED = { code: 'corrupt', message: expect.stringContaining('has lost what the bus answered last') };

/** Refused, and again when it is tried once more; and taken for what it is by somebody who removes the mark. */
async function expectRefused(dir: string, rest: number): Promise<void> {
  await expect(open(dir)).rejects.toMatchObject(REFUSED);
  await expect(open(dir)).rejects.toMatchObject(REFUSED);
  rmSync(mark(dir));
  expect(await waiting(dir)).toBe(rest);
}

test('a deleted database is missed, whether the bus was stopped or killed', async () => {
  for (const dir of [await workedAndStopped(), await workedAndKilled()]) {
    for (const end of ['', '-wal']) rmSync(`${database(dir)}${end}`, { force: true });
    await expect(open(dir)).rejects.toMatchObject(REFUSED);
    expect(existsSync(database(dir))).toBe(false);
    await expectRefused(dir, 0);
  }
});

test('an empty database is missed', async () => {
  const dir = await workedAndStopped();
  truncateSync(database(dir), 0);
  await expectRefused(dir, 0);
});

test('an older database is not taken for the newest', async () => {
  const dir = await workedAndStopped();
  const older = join(makeDir(), 'older.db');
  copyFileSync(database(dir), older);
  const engine = await open(dir);
  await send(engine, { from: MESSAGES, until: 2 * MESSAGES });
  await engine.close();
  copyFileSync(older, database(dir));
  await expectRefused(dir, MESSAGES);
});

test('a deleted log is missed', async () => {
  const dir = await workedAndKilled();
  rmSync(log(dir));
  await expectRefused(dir, 0);
});

test('a deleted log is missed also after one was written back', async () => {
  const dir = makeDir();
  const engine = await open(dir);
  const enough = (SQLITE_LIMITS.checkpointPages * PAGE) / LARGE + 2;
  await send(engine, { from: 0, until: enough, size: LARGE });
  await send(engine, { from: enough, until: enough + MESSAGES });
  const copy = killed(dir);
  await engine.close();
  rmSync(log(copy));
  await expect(open(copy)).rejects.toMatchObject(REFUSED);
  rmSync(mark(copy));
  // So it was written back.
  expect(await waiting(copy)).toBeGreaterThanOrEqual(enough - 3);
});

test('a log that lost its end is missed, be it one page', async () => {
  const dir = await workedAndKilled();
  const size = readFileSync(log(dir)).byteLength;
  truncateSync(log(dir), size - 1);
  await expectRefused(dir, MESSAGES - 1);
});

test('a log that lost all is missed', async () => {
  const dir = await workedAndKilled();
  truncateSync(log(dir), 10);
  await expectRefused(dir, 0);
});

test('data of a process that was killed is whole', async () => {
  expect(await waiting(await workedAndKilled())).toBe(MESSAGES);
});

test('a log that somebody wrote back, and removed, is not missed', async () => {
  const dir = await workedAndKilled();
  lookAt(dir);
  expect(existsSync(log(dir))).toBe(false);
  expect(await waiting(dir)).toBe(MESSAGES);
});

test('a mark that is older, torn or not there says nothing wrong', async () => {
  const dir = makeDir();
  const first = await open(dir);
  await send(first, { from: 0, until: 1 });
  const older = readFileSync(mark(dir));
  await send(first, { from: 1, until: MESSAGES });
  const [withOlder, withTorn, withNone] = [killed(dir), killed(dir), killed(dir)];
  await first.close();
  writeFileSync(mark(withOlder), older);
  truncateSync(mark(withTorn), 20);
  rmSync(mark(withNone));
  for (const copy of [withOlder, withTorn, withNone]) expect(await waiting(copy)).toBe(MESSAGES);
  // The next run makes it whole.
  for (const copy of [withOlder, withTorn, withNone]) {
    rmSync(database(copy));
    await expect(open(copy)).rejects.toMatchObject(REFUSED);
  }
});

test('a backup that is restored beside an old mark is opened, and marked anew', async () => {
  const dir = await workedAndStopped();
  const file = join(makeDir(), 'backup');
  await backUp({ dataDir: dir, file, at: 1_790_000_000_000 });
  for (let run = 0; run < 3; run++) expect(await waiting(dir)).toBe(MESSAGES);
  rmSync(database(dir));
  await restore({ dataDir: dir, file, pid: process.pid });
  expect(await waiting(dir)).toBe(MESSAGES);
  expect(await waiting(dir)).toBe(MESSAGES);
  // By hand, in the place of the database. The old mark is gone before the backup is a database like any other.
  copyFileSync(file, database(dir));
  openDatabase(database(dir)).close();
  expect(existsSync(mark(dir))).toBe(false);
  expect(await waiting(dir)).toBe(MESSAGES);
  rmSync(database(dir));
  await expect(open(dir)).rejects.toMatchObject(REFUSED);
});
