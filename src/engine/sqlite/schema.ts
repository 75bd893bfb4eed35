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
  `
  -- Under the seq that the message had, which nothing else ever gets. Made anew for the tag and the size,
  -- so that the envelope still comes last.
  CREATE TABLE new_dead_letters (
    seq INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    message_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    accepted_at INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    tag INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    reason TEXT NOT NULL,
    died_at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    envelope BLOB NOT NULL
  ) STRICT;
  INSERT INTO new_dead_letters
    SELECT seq, sender, message_id, recipient, fingerprint, accepted_at, priority, 0, attempts, reason, died_at,
      length(envelope), envelope
    FROM dead_letters;
  DROP TABLE dead_letters;
  ALTER TABLE new_dead_letters RENAME TO dead_letters;
  -- Few messages die, so these cost little.
  CREATE INDEX dead_letters_by_mailbox ON dead_letters (recipient);
  CREATE INDEX dead_letters_by_death ON dead_letters (died_at);

  -- Made anew so that what changes with every append comes before what seldom does. When a session
  -- ended was not written down before: it is kept from now on as long as one that ends now.
  CREATE TABLE new_sessions (
    ord INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL UNIQUE,
    last_sequence INTEGER NOT NULL,
    event_bytes INTEGER NOT NULL DEFAULT 0,
    snapshot_bytes INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER,
    state TEXT NOT NULL,
    listed TEXT NOT NULL
  ) STRICT;
  INSERT INTO new_sessions
    SELECT ord, session_id, last_sequence,
      coalesce((SELECT sum(length(body)) FROM events WHERE session = ord), 0),
      coalesce((SELECT length(body) FROM snapshots WHERE session = ord), 0),
      CASE ended WHEN 0 THEN NULL ELSE CAST(unixepoch('subsec') * 1000 AS INTEGER) END, state, listed
    FROM sessions;
  DROP TABLE sessions;
  ALTER TABLE new_sessions RENAME TO sessions;
  CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;

  -- Sessions that are gone, by the ord that they had, and of whose events some are still to be deleted.
  CREATE TABLE forgotten_sessions (
    ord INTEGER PRIMARY KEY
  ) STRICT;

  -- Running totals, so that nothing has to be counted: exact, but for records, which are counted up to a seq.
  INSERT INTO state (name, value) SELECT 'dead_letters', count(*) FROM dead_letters;
  INSERT INTO state (name, value) SELECT 'dead_letter_bytes', coalesce(sum(size), 0) FROM dead_letters;
  INSERT INTO state (name, value)
    SELECT 'ended_session_bytes', coalesce(sum(event_bytes + snapshot_bytes), 0) FROM sessions WHERE ended_at IS NOT NULL;
  INSERT INTO state (name, value) SELECT 'records', count(*) FROM messages;
  INSERT INTO state (name, value) SELECT 'records_counted_until', coalesce(max(seq), 0) FROM messages;
  `,
  `
  -- Checksums of what does not change in a row, see checksums.ts. NULL: written before there were any. That of
  -- messages covers the numbers of their mail as well, so that mail is loaded without a look behind its envelope.
  ALTER TABLE messages ADD COLUMN sum INTEGER;
  ALTER TABLE mail ADD COLUMN sum INTEGER;
  ALTER TABLE envelopes ADD COLUMN sum INTEGER;
  ALTER TABLE dead_letters ADD COLUMN sum INTEGER;
  ALTER TABLE events ADD COLUMN sum INTEGER;
  ALTER TABLE snapshots ADD COLUMN sum INTEGER;
  ALTER TABLE agents ADD COLUMN sum INTEGER;
  ALTER TABLE metadata ADD COLUMN sum INTEGER;
  `,
  `
  -- Keys of records: those that went to the disk together are a run, and are on pages of it, sorted by their hash. What was
  -- there before is made anew from the records, at the first opening.
  DROP TABLE message_keys;
  DELETE FROM state WHERE name = 'keys_indexed_until';

  -- The oldest and the newest record with a key in it. The filter says which hashes are certainly not in it; a run that
  -- is not finished, or dropped, has none.
  CREATE TABLE key_runs (
    run INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    keys INTEGER NOT NULL,
    oldest INTEGER NOT NULL,
    newest INTEGER NOT NULL,
    filter BLOB,
    sum INTEGER
  ) STRICT;

  CREATE TABLE key_pages (
    page INTEGER PRIMARY KEY,
    pairs BLOB NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT;
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
  // Has to come before the first table: so that a file can give its free pages back.
  if (found === 0) db.exec('PRAGMA auto_vacuum = INCREMENTAL');
  db.exec('BEGIN IMMEDIATE');
  for (const step of migrations.slice(found)) db.exec(step);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  db.exec(`PRAGMA user_version = ${supported}`);
  migrationUncommitted();
  db.exec('COMMIT');
  afterMigration();
}

/** Whether this software wrote the file, whichever version of it. */
export function isOurs(db: DatabaseSync): boolean {
  return readPragma(db, 'application_id') === APPLICATION_ID;
}

function isBlank(db: DatabaseSync, applicationId: number, userVersion: number): boolean {
  if (applicationId !== 0 || userVersion !== 0) return false;
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

function readPragma(db: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return db.prepare(`PRAGMA ${name}`).get()?.[name] as number;
}
