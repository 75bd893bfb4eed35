import type { DatabaseSync } from 'node:sqlite';
import { crashPoint } from '../../lib/crash-point.ts';
import { EngineError } from '../engine.ts';

const beforeMigration = crashPoint('start.before-migration');
const migrationUncommitted = crashPoint('start.migration-uncommitted');
const afterMigration = crashPoint('start.after-migration');

/** "abus" in ASCII, in the header of every file this engine wrote. */
export const APPLICATION_ID = 0x61627573;

/**
 * Every version of the tables, as the step from the one before. A step that was
 * released is never edited: files that took it are out there.
 *
 * Tables are in the order of acceptance and have few indexes, because that is what
 * decides how many messages fit into a second: a row that lands in the middle of a
 * tree costs a page, one at its end a few bytes.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE state (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- What message_keys are hashed with: 53 bits, unknown to clients.
  INSERT INTO state (name, value) VALUES ('hash_seed', abs(random() % 9007199254740992));

  CREATE TABLE metadata (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE agents (
    agent_id TEXT PRIMARY KEY,
    descriptor BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- One record per accepted message. A message is acknowledged when it has no outcome
  -- and no mail: so an acknowledgement is one deletion.
  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    message_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    accepted_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    returned INTEGER NOT NULL DEFAULT 0,
    outcome INTEGER,
    outcome_at INTEGER,
    reason TEXT
  ) STRICT;

  -- Records by the hash of sender and message id; the newest ones are not in it yet.
  CREATE TABLE message_keys (
    hash INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (hash, seq)
  ) STRICT, WITHOUT ROWID;

  -- What waits or is leased, under the seq of its record. The envelope comes last, so
  -- that the rest is read without it.
  CREATE TABLE mail (
    seq INTEGER PRIMARY KEY,
    priority INTEGER NOT NULL,
    expires_at INTEGER,
    envelope BLOB NOT NULL
  ) STRICT;

  CREATE TABLE dead_letters (
    seq INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    message_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    accepted_at INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    expires_at INTEGER,
    attempts INTEGER NOT NULL,
    reason TEXT NOT NULL,
    died_at INTEGER NOT NULL,
    envelope BLOB NOT NULL
  ) STRICT;

  -- Mailboxes that were delivered from. Mail up to suspect_seq may have been
  -- delivered by a process that did not live to say so.
  CREATE TABLE mailboxes (
    agent_id TEXT PRIMARY KEY,
    in_use INTEGER NOT NULL,
    suspect_seq INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE sessions (
    ord INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL UNIQUE,
    last_sequence INTEGER NOT NULL,
    state TEXT NOT NULL,
    ended INTEGER NOT NULL,
    listed TEXT NOT NULL
  ) STRICT;

  CREATE TABLE session_members (
    agent_id TEXT NOT NULL,
    session INTEGER NOT NULL,
    PRIMARY KEY (agent_id, session)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_members_by_session ON session_members (session);

  CREATE TABLE session_labels (
    session INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (session, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE snapshots (
    session INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT;

  CREATE TABLE events (
    pos INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (session, sequence)
  ) STRICT;
  `,
  `
  -- The records of one message follow each other, one a copy. The first says how many they
  -- are, and each of the others, as a negative number, how far back the first one is.
  ALTER TABLE messages ADD COLUMN copies INTEGER NOT NULL DEFAULT 1;

  -- Envelopes that mail of several mailboxes reads, or that are kept, under the seq of the
  -- first record. Mail that may read it has one of as many seqs from there on as there are copies.
  CREATE TABLE envelopes (
    seq INTEGER PRIMARY KEY,
    copies INTEGER NOT NULL,
    kept INTEGER NOT NULL,
    envelope BLOB NOT NULL
  ) STRICT;

  -- Made anew, and not altered, so that the envelope still comes last. It is NULL where
  -- the row of envelopes that shared names has it.
  CREATE TABLE new_mail (
    seq INTEGER PRIMARY KEY,
    priority INTEGER NOT NULL,
    expires_at INTEGER,
    available_at INTEGER,
    tag INTEGER NOT NULL DEFAULT 0,
    shared INTEGER,
    envelope BLOB
  ) STRICT;
  INSERT INTO new_mail (seq, priority, expires_at, envelope) SELECT seq, priority, expires_at, envelope FROM mail;
  DROP TABLE mail;
  ALTER TABLE new_mail RENAME TO mail;
  `,
];

/**
 * Brings the tables to the newest version, in one transaction. Refuses a file of a
 * later version as `newer_schema` and one of other software as `corrupt`, untouched.
 */
export function migrate(db: DatabaseSync, file: string, migrations: readonly string[] = MIGRATIONS): void {
  const applicationId = readPragma(db, 'application_id');
  const found = readPragma(db, 'user_version');
  const supported = migrations.length;
  const facts = { file, found, supported };
  if (applicationId !== APPLICATION_ID && !isBlank(db, applicationId, found)) {
    throw new EngineError('corrupt', `${file} is a database of other software (application id ${applicationId})`, {
      facts,
    });
  }
  if (found > supported) {
    throw new EngineError(
      'newer_schema',
      `${file} has schema version ${found}; this version supports up to ${supported}: use the software that wrote it, or a newer one`,
      { facts },
    );
  }
  if (found === supported) return;
  beforeMigration();
  db.exec('BEGIN IMMEDIATE');
  for (const step of migrations.slice(found)) db.exec(step);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec(`PRAGMA user_version = ${supported}`);
  migrationUncommitted();
  db.exec('COMMIT');
  afterMigration();
}

function isBlank(db: DatabaseSync, applicationId: number, userVersion: number): boolean {
  if (applicationId !== 0 || userVersion !== 0) return false;
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

function readPragma(db: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return db.prepare(`PRAGMA ${name}`).get()?.[name] as number;
}
