import { DatabaseSync } from 'node:sqlite';
import { SQLITE_LIMITS } from '../../../limits.ts';
import { EngineError } from '../../engine.ts';
import { toOpenError } from '../database.ts';
import { APPLICATION_ID, MIGRATIONS } from '../schema.ts';
import { BackupError } from './backup-error.ts';

/**
 * Opens a database to look at it, and changes nothing. Throws `newer_schema` for one of a later version, `corrupt` for what is no
 * database of a bus, and a BackupError if nothing was written to it yet.
 */
export function openToRead(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true, timeout: SQLITE_LIMITS.busyTimeoutMs });
  try {
    requireOurs(db, file);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function requireOurs(db: DatabaseSync, file: string): void {
  const { application_id, user_version } = read(db, file);
  const facts = { file, found: user_version, supported: MIGRATIONS.length };
  if (application_id === 0 && user_version === 0) throw new BackupError(`${file} holds nothing of a bus`);
  if (application_id !== APPLICATION_ID) {
    const message = `${file} is a database of other software (application id ${application_id})`;
    throw new EngineError('corrupt', message, { facts });
  }
  if (user_version > MIGRATIONS.length) {
    const message = `${file} has schema version ${user_version}; this version supports up to ${MIGRATIONS.length}`;
    throw new EngineError('newer_schema', message, { facts });
  }
}

function read(db: DatabaseSync, file: string): { application_id: number; user_version: number } {
  try {
    return {
      application_id: db.prepare('PRAGMA application_id').get()?.application_id as number,
      user_version: db.prepare('PRAGMA user_version').get()?.user_version as number,
    };
  } catch (error) {
    throw toOpenError(file, error);
  }
}

/** Reads every page and every index of a database. Throws `corrupt` with the first thing that is wrong. */
export function requireIntact(db: DatabaseSync, file: string): void {
  let found: unknown;
  try {
    found = db.prepare('PRAGMA integrity_check(1)').get()?.integrity_check;
  } catch (error) {
    throw toOpenError(file, error);
  }
  if (found !== 'ok') throw new EngineError('corrupt', `${file} is damaged: ${found}`, { facts: { file } });
}
