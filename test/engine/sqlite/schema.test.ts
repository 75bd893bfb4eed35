import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { APPLICATION_ID, MIGRATIONS, migrate } from '../../../src/engine/sqlite/schema.ts';
import { createSystemClock } from '../../../src/lib/clock.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { STORE_LIMITS } from '../../../src/limits.ts';
import { refusal } from '../contract/rig.ts';

function makeDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'agentbus-schema-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function open(dataDir: string): Promise<Engine> {
  const options = { clock: createSystemClock(), random: createSystemRandom(), limits: STORE_LIMITS, observer: {} };
  return openEngine({ engine: 'sqlite', dataDir, ...options });
}

/** Runs SQL on the database file of a data directory. */
function edit(dataDir: string, sql: string): void {
  const db = new DatabaseSync(join(dataDir, 'agentbus.db'));
  db.exec(sql);
  db.close();
}

describe('opening a data directory', () => {
  it('takes one it has written before', async () => {
    const dir = makeDir();
    await (await open(dir)).close();
    await (await open(dir)).close();
  });

  it('makes a directory that is missing, for its owner only', async () => {
    const dir = join(makeDir(), 'not', 'there');
    await (await open(dir)).close();
    await (await open(dir)).close();
  });

  it('refuses a newer schema, names both versions, and leaves the file as it is', async () => {
    const dir = makeDir();
    await (await open(dir)).close();
    const found = MIGRATIONS.length + 7;
    edit(dir, `PRAGMA user_version = ${found}`);
    const before = readFileSync(join(dir, 'agentbus.db'));
    expect(await refusal(open(dir), 'newer_schema')).toMatchObject({ found, supported: MIGRATIONS.length });
    await expect(open(dir)).rejects.toThrow(new RegExp(`version ${found}.* up to ${MIGRATIONS.length}`));
    expect(readFileSync(join(dir, 'agentbus.db')).equals(before)).toBe(true);
  });

  it('refuses a database of other software', async () => {
    const dir = makeDir();
    edit(dir, 'CREATE TABLE somebody_elses (x); PRAGMA application_id = 12345');
    await refusal(open(dir), 'corrupt');
    await expect(open(dir)).rejects.toThrow(/other software.*12345/);
  });

  it('refuses a database without an application id that holds tables', async () => {
    const dir = makeDir();
    edit(dir, 'CREATE TABLE somebody_elses (x)');
    await refusal(open(dir), 'corrupt');
  });

  it('refuses a file that is no database', async () => {
    const dir = makeDir();
    writeFileSync(
      join(dir, 'agentbus.db'),
      'This is not a database, and long enough to be read as the head of one.'.repeat(20),
    );
    await refusal(open(dir), 'corrupt');
  });

  it('refuses a file whose pages are broken', async () => {
    const dir = makeDir();
    await (await open(dir)).close();
    const file = join(dir, 'agentbus.db');
    const content = readFileSync(file);
    content.fill(0xee, 4_096);
    writeFileSync(file, content);
    await refusal(open(dir), 'corrupt');
  });

  it('can be tried again after it was refused', async () => {
    const dir = makeDir();
    edit(dir, 'CREATE TABLE somebody_elses (x)');
    await refusal(open(dir), 'corrupt');
    edit(dir, 'DROP TABLE somebody_elses');
    await (await open(dir)).close();
  });

  it('says what is wrong with a directory that cannot be used', async () => {
    const file = join(makeDir(), 'a-file');
    writeFileSync(file, '');
    await refusal(open(join(file, 'below')), 'failed');
  });
});

describe('choosing an engine', () => {
  const options = {
    dataDir: ':memory:',
    clock: createSystemClock(),
    random: createSystemRandom(),
    limits: STORE_LIMITS,
    observer: {},
  };

  it.each([
    ['nats://localhost:4222', /not available in this version/],
    ['postgres', /"postgres" is not an engine/],
  ])('refuses %s', async (engine, message) => {
    await expect(openEngine({ engine, ...options })).rejects.toThrow(message);
  });
});

describe('migrating', () => {
  const file = 'test.db';
  const step = 'CREATE TABLE added_later (x INTEGER) STRICT; INSERT INTO added_later SELECT count(*) FROM agents;';

  it('takes an older file through the steps it lacks, with its rows', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db, file);
    db.exec("INSERT INTO agents (agent_id, descriptor) VALUES ('a', x'00')");
    migrate(db, file, [...MIGRATIONS, step]);
    expect(db.prepare('SELECT x FROM added_later').get()).toEqual({ x: 1 });
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: MIGRATIONS.length + 1 });
    expect(db.prepare('PRAGMA application_id').get()).toEqual({ application_id: APPLICATION_ID });
  });

  it('leaves all that was on record, waiting or dead in a file of the first version as it was', async () => {
    const dir = makeDir();
    const db = new DatabaseSync(join(dir, 'agentbus.db'));
    migrate(db, file, MIGRATIONS.slice(0, 1));
    const record = db.prepare(
      `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at, attempts, outcome, reason)
       VALUES (?, 'test://sender', ?, 'test://receiver', x'ff', ?, ?, ?, ?)`,
    );
    const now = Date.now();
    record.run(1, 'acknowledged', now, 0, null, null);
    record.run(2, 'dead', now, 5, 2, 'why');
    record.run(3, 'waiting', now, 1, null, null);
    record.run(4, 'large', now, 0, null, null);
    const mail = db.prepare('INSERT INTO mail (seq, priority, expires_at, envelope) VALUES (?, ?, ?, ?)');
    const envelopes = [Buffer.from('the envelope'), Buffer.alloc(100_000, 'x')];
    mail.run(3, 3, now + 60_000, envelopes[0]!);
    mail.run(4, 2, null, envelopes[1]!);
    db.close();

    const engine = await open(dir);
    onTestFinished(() => engine.close());
    const keys = ['acknowledged', 'dead', 'waiting', 'large'].map((messageId) => ({
      sender: 'test://sender',
      messageId,
    }));
    const records = (await engine.messages.find(keys)).map(([one]) => [one?.state, one?.attempts, one?.reason]);
    expect(records).toEqual([
      ['acknowledged', 1, undefined],
      ['dead_lettered', 5, 'why'],
      ['queued', 1, undefined],
      ['queued', 0, undefined],
    ]);
    const request = { agentId: 'test://receiver', holder: 'h', limit: 9, maxBytes: 1e6, leaseMs: 1e6 };
    const leases = await engine.mailboxes.lease(request);
    expect(leases.map(({ messageId, priority, attempt, tag }) => [messageId, priority, attempt, tag])).toEqual([
      ['waiting', 3, 2, 0],
      ['large', 2, 1, 0],
    ]);
    expect(leases.map(({ envelope }) => Buffer.from(envelope).equals(envelopes.shift()!))).toEqual([true, true]);
  });

  it('changes nothing when a step fails', () => {
    const dir = makeDir();
    const path = join(dir, 'agentbus.db');
    const db = new DatabaseSync(path);
    migrate(db, file);
    expect(() => migrate(db, file, [...MIGRATIONS, step, 'THIS IS NOT SQL'])).toThrow();
    db.close();
    const again = new DatabaseSync(path);
    expect(again.prepare('PRAGMA user_version').get()).toEqual({ user_version: MIGRATIONS.length });
    expect(again.prepare("SELECT count(*) AS tables FROM sqlite_schema WHERE name = 'added_later'").get()).toEqual({
      tables: 0,
    });
    again.close();
  });

  it('does nothing to a file that is up to date', () => {
    const db = new DatabaseSync(':memory:');
    migrate(db, file);
    const version = (): unknown => db.prepare('PRAGMA schema_version').get();
    const before = version();
    migrate(db, file);
    expect(version()).toEqual(before);
  });
});
